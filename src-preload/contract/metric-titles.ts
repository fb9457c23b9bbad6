/** Titles of what every evaluation reports, as published tables write them. */
export const evaluationTitles = {
  rTra: 'R_tra',
  rEach: 'R_each',
  length: 'Length',
  mcd: 'MCD',
  coverage: 'CV',
  coverageTurn: 'CV_turn',
  novelty: 'Novelty',
  returnStd: 'Std of returns',
} as const;

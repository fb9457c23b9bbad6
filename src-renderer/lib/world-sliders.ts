/** One setting of a synthetic world, as a slider. */
export interface WorldSlider {
  readonly name: string;
  readonly title: string;
  readonly help: string;
  readonly min: number;
  readonly max: number;
  readonly step: number;
}

export interface SliderGroup {
  readonly title: string;
  readonly sliders: readonly WorldSlider[];
}

const slider = (
  name: string,
  title: string,
  [min, max, step]: readonly [number, number, number],
  help: string,
): WorldSlider => ({ name, title, help, min, max, step });

/** The settings that shape a world; the exit rule and the seed have controls of their own. */
export const worldSliders: readonly SliderGroup[] = [
  {
    title: 'Size',
    sliders: [
      slider('users', 'Users', [20, 5000, 10], 'Number of users.'),
      slider('items', 'Items', [20, 2000, 10], 'Size of the catalogue.'),
      slider('categories', 'Categories', [1, 60, 1], 'About a third of the items belong to two.'),
      slider('factors', 'Taste factors', [1, 32, 1], 'Dimension of the latent taste.'),
      slider('interactionsPerUser', 'Rows a user', [2, 200, 1], 'Expected training rows a user.'),
      slider(
        'testInteractionsPerUser',
        'Held-out rows a user',
        [0, 100, 1],
        'Items drawn uniformly, without bias.',
      ),
    ],
  },
  {
    title: 'True reward',
    sliders: [
      slider('qualityWeight', 'Quality', [0, 4, 0.1], 'How much good items please everybody.'),
      slider(
        'categoryWeight',
        'Category taste',
        [0, 4, 0.1],
        'How much users differ in categories.',
      ),
      slider(
        'tasteWeight',
        'Latent taste',
        [0, 4, 0.1],
        'How much users differ beyond categories.',
      ),
    ],
  },
  {
    title: 'Exposure bias',
    sliders: [
      slider(
        'exposureBias',
        'Bias',
        [0, 1, 0.05],
        '0 shows items uniformly, 1 has the biases below in full.',
      ),
      slider(
        'popularityBias',
        'Popularity skew',
        [0, 4, 0.1],
        'Spread of the items’ log popularity.',
      ),
      slider(
        'popularityQuality',
        'Popular is good',
        [-1, 1, 0.05],
        'Correlation of popularity with quality.',
      ),
      slider(
        'selfSelection',
        'Self-selection',
        [0, 4, 0.1],
        'How much more users meet what they like.',
      ),
      slider(
        'feedbackLoop',
        'Feedback loop',
        [0, 3, 0.05],
        'How much clicks raise later exposure.',
      ),
      slider(
        'rounds',
        'Rounds of logging',
        [1, 30, 1],
        'After each, what was clicked is shown more.',
      ),
    ],
  },
  {
    title: 'Noise',
    sliders: [
      slider('noise', 'Noise', [0, 0.5, 0.01], 'Deviation of one reward, as a share of the scale.'),
      slider(
        'tailNoise',
        'Extra noise in the tail',
        [0, 10, 0.1],
        'Unpopular items are noisier by up to this.',
      ),
    ],
  },
];

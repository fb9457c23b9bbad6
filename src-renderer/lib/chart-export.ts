import type { EChartsOption } from 'echarts';
import { init, use } from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';
import { greekName } from '#report/latex-text.ts';
import '../charts/echarts.ts';

use([SVGRenderer]);

export type ChartFormat = 'svg' | 'png' | 'pdf';

/** Size on paper, in millimetres. */
export interface PaperSize {
  readonly widthMm: number;
  readonly heightMm: number;
}

const mmPerInch = 25.4;
const cssDotsPerInch = 96;
const printDotsPerInch = 300;
const screenFonts = 'Helvetica, Arial, sans-serif';
/** As wide as those, with Greek and the signs of mathematics; free to be embedded. */
const printFont = 'Arimo';

const pixels = (mm: number, dotsPerInch: number): number => (mm / mmPerInch) * dotsPerInch;

/** A chart as SVG text, as wide and high on paper as asked for. The option should be made for a light ground. */
export function chartSvg(
  option: EChartsOption,
  { widthMm, heightMm }: PaperSize,
  fontFamily = screenFonts,
): string {
  const width = pixels(widthMm, cssDotsPerInch);
  const height = pixels(heightMm, cssDotsPerInch);
  const chart = init(null, null, { renderer: 'svg', ssr: true, width, height });
  try {
    chart.setOption({
      ...option,
      animation: false,
      backgroundColor: '#ffffff',
      textStyle: { fontFamily },
    });
    return chart
      .renderToSVGString()
      .replace(
        /^<svg width="[^"]*" height="[^"]*"/,
        `<svg width="${widthMm}mm" height="${heightMm}mm"`,
      );
  } finally {
    chart.dispose();
  }
}

/** A chart as the bytes of a file. Only `svg` works where there is no page. */
export async function exportChart(
  option: EChartsOption,
  choice: PaperSize & { readonly format: ChartFormat },
): Promise<Uint8Array<ArrayBuffer>> {
  switch (choice.format) {
    case 'svg':
      return new TextEncoder().encode(chartSvg(option, choice));
    case 'png':
      return pngOf(chartSvg(option, choice), choice);
    case 'pdf':
      return pdfOf(chartSvg(option, choice, printFont), choice);
  }
}

async function pngOf(svg: string, size: PaperSize): Promise<Uint8Array<ArrayBuffer>> {
  const url = URL.createObjectURL(new Blob([svg], { type: 'image/svg+xml' }));
  try {
    const image = new Image();
    image.src = url;
    await image.decode();
    const canvas = document.createElement('canvas');
    canvas.width = Math.round(pixels(size.widthMm, printDotsPerInch));
    canvas.height = Math.round(pixels(size.heightMm, printDotsPerInch));
    canvas.getContext('2d')?.drawImage(image, 0, 0, canvas.width, canvas.height);
    const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/png'));
    if (blob === null) throw new Error('The browser made no picture of the chart.');
    return withResolution(new Uint8Array(await blob.arrayBuffer()));
  } finally {
    URL.revokeObjectURL(url);
  }
}

async function pdfOf(svg: string, size: PaperSize): Promise<Uint8Array<ArrayBuffer>> {
  // The font is as large as the rest of the page: it comes with the first PDF.
  const [{ jsPDF }, { svg2pdf }, { default: font }] = await Promise.all([
    import('jspdf'),
    import('svg2pdf.js'),
    import('@expo-google-fonts/arimo/400Regular/Arimo_400Regular.ttf?inline'),
  ]);
  const { widthMm: width, heightMm: height } = size;
  const orientation = width >= height ? 'landscape' : 'portrait';
  const document = new jsPDF({ unit: 'mm', format: [width, height], orientation });
  document.addFileToVFS(`${printFont}.ttf`, font.slice(font.indexOf(',') + 1));
  for (const weight of ['normal', 'bold']) document.addFont(`${printFont}.ttf`, printFont, weight);
  document.setFont(printFont);
  const { metadata } = document.getFont() as unknown as EmbeddedFont;
  const drawing = new DOMParser().parseFromString(svg, 'image/svg+xml').documentElement;
  for (const text of drawing.querySelectorAll('text')) {
    text.textContent = printableText(
      text.textContent,
      (character) => metadata.characterToGlyph(character.codePointAt(0) ?? 0) > 0,
    );
  }
  await svg2pdf(drawing, document, { x: 0, y: 0, width, height });
  return new Uint8Array(document.output('arraybuffer'));
}

/** What the library knows of a font that was added. */
interface EmbeddedFont {
  readonly metadata: { characterToGlyph(codePoint: number): number };
}

/** Text in the letters that a font has; a wrong letter would be worse than a question mark. */
export function printableText(text: string, has: (character: string) => boolean): string {
  return [...text.normalize('NFC')]
    .map((character) => (has(character) ? character : (greekName(character) ?? '?')))
    .join('');
}

const signatureBytes = 8;
const headerChunkBytes = 25;

/** A PNG file with its resolution, so that programs place it in the size that it was made for. */
export function withResolution(png: Uint8Array): Uint8Array<ArrayBuffer> {
  const chunk = new Uint8Array(21);
  const view = new DataView(chunk.buffer);
  const perMetre = Math.round((printDotsPerInch / mmPerInch) * 1000);
  view.setUint32(0, 9);
  chunk.set(new TextEncoder().encode('pHYs'), 4);
  view.setUint32(8, perMetre);
  view.setUint32(12, perMetre);
  view.setUint8(16, 1);
  view.setUint32(17, checksum(chunk.subarray(4, 17)));
  const at = signatureBytes + headerChunkBytes;
  const whole = new Uint8Array(png.length + chunk.length);
  whole.set(png.subarray(0, at));
  whole.set(chunk, at);
  whole.set(png.subarray(at), at + chunk.length);
  return whole;
}

/** CRC-32 as PNG has it. */
function checksum(bytes: Uint8Array): number {
  let rest = 0xffffffff;
  for (const byte of bytes) {
    rest ^= byte;
    for (let bit = 0; bit < 8; bit++) rest = (rest >>> 1) ^ ((rest & 1) === 1 ? 0xedb88320 : 0);
  }
  return (rest ^ 0xffffffff) >>> 0;
}

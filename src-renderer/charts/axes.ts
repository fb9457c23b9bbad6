/** Colours of what every chart has besides its data. */
export const inkColours = (isDark: boolean) => ({
  text: isDark ? '#9aa4b2' : '#5b6470',
  strong: isDark ? '#e6e9ee' : '#1b1f24',
  line: isDark ? '#333a44' : '#dcdfe4',
  ground: isDark ? '#1c2026' : '#ffffff',
});

/** Of a grid: its place holds the labels of its axes too; their names hang outside. */
export const labelsInside = { outerBoundsMode: 'same', outerBoundsContain: 'axisLabel' } as const;

/** An axis of numbers. */
export function numberAxis(isLog: boolean, isDark: boolean) {
  const { text, line } = inkColours(isDark);
  return {
    type: isLog ? ('log' as const) : ('value' as const),
    scale: true,
    axisLabel: { color: text, hideOverlap: true },
    axisLine: { lineStyle: { color: line } },
    splitLine: { lineStyle: { color: line, opacity: 0.6 } },
    nameTextStyle: { color: text },
  };
}

/** A tooltip in the colours of the page. */
export function tooltipLook(isDark: boolean) {
  const { strong, line, ground } = inkColours(isDark);
  return {
    confine: true,
    backgroundColor: ground,
    borderColor: line,
    textStyle: { color: strong, fontSize: 12 },
  };
}

/** Text of the reader's own as part of a tooltip, which is HTML. */
export function escapeHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}

/** How numbers and times are written on every screen. */

let chosenDigits = 4;

/** How many significant digits numbers have where nothing else is said. */
export function chooseDigits(digits: number): void {
  chosenDigits = digits;
}

/** Significant digits as chosen; very small and very large numbers with an exponent; a dash for what is missing. */
export function formatNumber(value: number | null | undefined, digits = chosenDigits): string {
  if (value === null || value === undefined) return '–';
  if (!Number.isFinite(value)) return Number.isNaN(value) ? 'NaN' : value > 0 ? '∞' : '−∞';
  if (Number.isInteger(value) && Math.abs(value) < 1e7) return withMinus(String(value));
  const size = Math.abs(value);
  const text =
    size !== 0 && (size < 1e-4 || size >= 1e7)
      ? value.toExponential(digits - 1)
      : String(Number(value.toPrecision(digits)));
  return withMinus(text);
}

/** The same with its last zeros, so that results below each other have as many digits. */
export function formatSteady(value: number, digits = chosenDigits): string {
  const size = Math.abs(value);
  if (!(size >= 1e-4 && size < 1e7)) return formatNumber(value, digits);
  const decimals = Math.max(0, digits - 1 - Math.floor(Math.log10(size)));
  return withMinus(value.toFixed(decimals));
}

/** Mean ± spread with as many decimals as the spread can bear; the mean alone when there is one value. */
export function formatMeanSpread(mean: number | null, spread: number | null): string {
  if (mean === null || spread === null || !Number.isFinite(spread) || spread === 0) {
    return formatNumber(mean);
  }
  const decimals = Math.min(6, Math.max(0, 1 - Math.floor(Math.log10(spread))));
  return withMinus(`${mean.toFixed(decimals)} ± ${spread.toFixed(decimals)}`);
}

const durationUnits = [
  { name: 'd', seconds: 86_400 },
  { name: 'h', seconds: 3600 },
  { name: 'min', seconds: 60 },
] as const;

/** The two largest units of a duration, such as `2 h 5 min`. */
export function formatDuration(seconds: number | null): string {
  if (seconds === null || !Number.isFinite(seconds)) return '–';
  const index = durationUnits.findIndex((unit) => seconds >= unit.seconds);
  const unit = durationUnits[index];
  if (unit === undefined)
    return seconds < 10 ? `${seconds.toFixed(1)} s` : `${Math.round(seconds)} s`;
  const smaller = durationUnits[index + 1] ?? { name: 's', seconds: 1 };
  const whole = Math.floor(seconds / unit.seconds);
  const rest = Math.floor((seconds - whole * unit.seconds) / smaller.seconds);
  return `${whole} ${unit.name} ${rest} ${smaller.name}`;
}

/** Bytes in binary units with one decimal. */
export function formatBytes(bytes: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  const power = bytes < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log2(bytes) / 10));
  return `${(bytes / 1024 ** power).toFixed(power === 0 ? 0 : 1)} ${units[power] ?? 'B'}`;
}

/** A steady rate, such as `12.3 epochs/s`. */
export function formatRate(ratePerS: number | null, unit: string): string {
  return ratePerS === null ? '–' : `${formatNumber(ratePerS, 3)} ${unit}/s`;
}

/** Local date and time to the second, sortable as text. */
export function formatTime(iso: string | null): string {
  if (iso === null) return '–';
  const time = new Date(iso);
  const two = (part: number): string => String(part).padStart(2, '0');
  const date = [time.getFullYear(), two(time.getMonth() + 1), two(time.getDate())].join('-');
  return `${date} ${[time.getHours(), time.getMinutes(), time.getSeconds()].map(two).join(':')}`;
}

function withMinus(text: string): string {
  return text.replaceAll('-', '−');
}

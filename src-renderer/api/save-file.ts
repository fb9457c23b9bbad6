import { desktop } from './desktop.ts';

/** Saves what the page made: by the desktop's dialog, or as the browser downloads. Null when nothing was saved. */
export async function saveBytes(
  title: string,
  name: string,
  bytes: Uint8Array<ArrayBuffer>,
  mediaType: string,
): Promise<string | null> {
  if (desktop !== null) return desktop.saveFile({ title, name, bytes });
  const url = URL.createObjectURL(new Blob([bytes], { type: mediaType }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  URL.revokeObjectURL(url);
  return name;
}

/** The same for text. */
export function saveText(
  title: string,
  name: string,
  text: string,
  mediaType: string,
): Promise<string | null> {
  return saveBytes(title, name, new TextEncoder().encode(text), mediaType);
}

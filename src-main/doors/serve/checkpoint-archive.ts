import { Zip, ZipPassThrough } from 'fflate';
import { createReadStream } from 'node:fs';
import { join } from 'node:path';

/** A file of an archive: from the disk, or as text. */
export interface ArchiveEntry {
  readonly name: string;
  readonly content: { readonly folder: string } | { readonly text: string };
}

/** A zip of the files as they are, made while it is read: nothing of it lies in memory or on the disk. */
export async function* zipOf(entries: readonly ArchiveEntry[]): AsyncGenerator<Uint8Array> {
  let ready: Uint8Array[] = [];
  let failure: Error | null = null;
  const zip = new Zip((error, chunk) => {
    if (error === null) ready.push(chunk);
    else failure = error;
  });
  const take = (): Uint8Array[] => {
    if (failure !== null) throw failure;
    const taken = ready;
    ready = [];
    return taken;
  };
  for (const { name, content } of entries) {
    const file = new ZipPassThrough(name);
    zip.add(file);
    for await (const chunk of chunksOf(name, content)) {
      file.push(chunk);
      yield* take();
    }
    file.push(new Uint8Array(0), true);
    yield* take();
  }
  zip.end();
  yield* take();
}

async function* chunksOf(
  name: string,
  content: ArchiveEntry['content'],
): AsyncGenerator<Uint8Array> {
  if ('text' in content) yield new TextEncoder().encode(content.text);
  else
    for await (const chunk of createReadStream(join(content.folder, name))) yield chunk as Buffer;
}

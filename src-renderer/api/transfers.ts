import { OffrecError, fromWireError, readWireError } from '#contract/errors.ts';

/** A file that was sent to the core's machine to be imported. */
export interface Upload {
  readonly id: string;
  /** Its path there. */
  readonly file: string;
}

const addressOf = (path: string, query: Readonly<Record<string, string>>): string => {
  const url = new URL(path, document.baseURI);
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
  return url.href;
};

function failureOf(request: XMLHttpRequest): OffrecError {
  try {
    const wire = readWireError(JSON.parse(request.responseText));
    if (wire !== null) return fromWireError(wire);
  } catch {
    // Not one of our answers: the status says all there is.
  }
  return new OffrecError('host-gone', 'The file could not be sent.', {
    where: request.status === 0 ? 'no answer' : `status ${String(request.status)}`,
    hint: 'Check the connection and try again.',
  });
}

/** Sends a file as it is; only this way of asking tells how far it is. */
export function sendFile(
  file: File,
  options: { onBytes: (done: number) => void; signal: AbortSignal },
): Promise<Upload> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    const abort = (): void => request.abort();
    request.upload.addEventListener('progress', ({ loaded }) => options.onBytes(loaded));
    request.addEventListener('load', () => {
      if (request.status === 201) resolve(JSON.parse(request.responseText) as Upload);
      else reject(failureOf(request));
    });
    request.addEventListener('error', () => reject(failureOf(request)));
    request.addEventListener('abort', () =>
      reject(new OffrecError('cancelled', 'Sending the file was given up; nothing was kept.')),
    );
    request.addEventListener('loadend', () => options.signal.removeEventListener('abort', abort));
    options.signal.addEventListener('abort', abort);
    request.open('POST', addressOf('upload', { name: file.name }));
    request.setRequestHeader('Content-Type', 'application/octet-stream');
    request.send(file);
  });
}

/** Takes a file back that is not to be imported after all. */
export async function discardUpload({ id }: Upload): Promise<void> {
  await fetch(addressOf('upload', { id }), { method: 'DELETE', keepalive: true });
}

/** Where a checkpoint can be fetched as an archive. */
export function archiveAddress(run: string, name: string): string {
  return addressOf('checkpoint', { run, name });
}

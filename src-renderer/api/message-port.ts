import { RPCLink } from '@orpc/client/message-port';
import { columnSerializers } from '#contract/columns.ts';
import type { DesktopBridge } from '#contract/desktop.ts';
import { OffrecError } from '#contract/errors.ts';
import type { Transport } from './transport.ts';

const openTimeoutMs = 10_000;

/** The port that comes with the nonce. Rejects when none does. */
function portFor(nonce: string, gone: AbortSignal): Promise<MessagePort> {
  return new Promise((resolve, reject) => {
    const receive = ({ source, data, ports: [port] }: MessageEvent): void => {
      if (source !== window || data !== nonce || port === undefined) return;
      removeEventListener('message', receive);
      resolve(port);
    };
    addEventListener('message', receive);
    gone.addEventListener('abort', () => {
      removeEventListener('message', receive);
      reject(new OffrecError('host-gone', 'Offrec’s core is not running.'));
    });
  });
}

/** The line of a page in a window of the desktop application: a message port to the core's process. */
export async function openMessagePort(bridge: DesktopBridge): Promise<Transport> {
  const gone = new AbortController();
  const timer = setTimeout(() => gone.abort(), openTimeoutMs);
  const nonce = crypto.randomUUID();
  const coming = portFor(nonce, gone.signal);
  bridge.connect(nonce).catch(() => gone.abort());
  const port = await coming.finally(() => clearTimeout(timer));
  const { promise: ended, resolve: end } = Promise.withResolvers<string>();
  const link = new RPCLink({ port, customJsonSerializers: columnSerializers });
  port.addEventListener('close', () => end('Offrec’s core has ended.'));
  port.start();
  const close = (): void => {
    port.close();
    end('The line was closed.');
    // Whoever waits for an answer hears of it as if the other side had gone.
    port.dispatchEvent(new Event('close'));
  };
  return { link, ended, close };
}

import { limits } from '#contract/limits.ts';
import { isFrame, type Handler } from '../../router/handler.ts';
import type { Line } from './lines.ts';

/**
 * Answers one window until its line ends. A page that sends what ours would not, or asks for too much at once, loses
 * its line, as a browser does.
 */
export function serveWindow(line: Line, handler: Handler): void {
  let underWay = 0;
  const peer = {
    addEventListener: () => {},
    send: (data: unknown) => line.send(data),
  } as unknown as Parameters<Handler['message']>[0];
  const end = (): void => {
    handler.close(peer);
    line.close();
  };
  line.onClose(() => handler.close(peer));
  line.onMessage((data) => {
    const isOurs = typeof data === 'string' && data.length <= limits.requestBytes && isFrame(data);
    if (!isOurs || underWay >= limits.requestsAtOnce) return end();
    underWay++;
    handler
      .message(peer, data)
      .catch(end)
      .finally(() => underWay--);
  });
}

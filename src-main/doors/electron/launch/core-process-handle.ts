import type { MessagePortMain } from 'electron';
import type { FromCore, LinePurpose, ToCore } from '../messages.ts';

export interface ProcessExit {
  readonly code: number | null;
  readonly signal: string | null;
  readonly failure: string | null;
}

/** The core's process as main sees it, whatever it was started as. */
export interface CoreProcessHandle {
  send(message: ToCore): void;
  /** Gives the core its end of a line to a window or a host. */
  open(purpose: LinePurpose, port: MessagePortMain): void;
  onMessage(listener: (message: FromCore) => void): void;
  onOutput(listener: (text: string) => void): void;
  /** Called once, when the process and all of its lines are gone. */
  onExit(listener: (exit: ProcessExit) => void): void;
  kill(signal: 'SIGTERM' | 'SIGKILL'): void;
}

export type CoreLauncher = () => CoreProcessHandle;

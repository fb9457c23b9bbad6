/** A child process as the supervisor needs it, whatever started it. */
export interface HostProcess {
  /** Null when the process could not be started. */
  readonly pid: number | null;
  /** Does nothing once the process is gone. */
  send(message: unknown): void;
  kill(signal: 'SIGTERM' | 'SIGKILL'): void;
  onMessage(listener: (message: unknown) => void): void;
  /** Decoded text of standard output and standard error. */
  onOutput(listener: (text: string) => void): void;
  /** Called once; `failure` when the process never started. */
  onExit(listener: (exit: RawExit) => void): void;
}

export interface RawExit {
  readonly code: number | null;
  readonly signal: string | null;
  readonly failure: Error | null;
}

export interface LaunchOptions {
  /** File with the child's code. */
  readonly entry: string;
  /** Shown in process lists. */
  readonly name: string;
  readonly environment?: Readonly<Record<string, string>>;
}

/** Starts child processes: Node children here, utility processes under Electron. */
export interface HostLauncher {
  launch(options: LaunchOptions): HostProcess;
}

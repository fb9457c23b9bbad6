/** A child process as the supervisor needs it, whatever started it. */
export interface HostProcess {
  /** Null until the process runs, and when it could not be started. */
  readonly pid: number | null;
  /** Does nothing once the process is gone. */
  send(message: unknown): void;
  kill(signal: 'SIGTERM' | 'SIGKILL'): void;
  /** Calls back with the process's number, at once when it is known already; never when it did not start. */
  onStart(listener: (pid: number) => void): void;
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

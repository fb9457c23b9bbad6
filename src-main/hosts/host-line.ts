/** The line between a host and the process that started it. */
export interface HostLine {
  /** Resolves when the message has left; at once when the parent is gone. */
  send(message: unknown): Promise<void>;
  onMessage(listener: (message: unknown) => void): void;
  /** The parent has ended or has closed the line. */
  onGone(listener: () => void): void;
  readonly gone: boolean;
}

/** The line of a process that is a host and nothing else. */
export interface ParentPort extends HostLine {
  /** Ends this process when everything that was sent has arrived. */
  leave(status: number): Promise<never>;
}

/** Why a step cannot be recorded as a function; the step then runs eagerly. */
export class CaptureRefusal extends Error {
  constructor(reason: string) {
    super(reason);
    this.name = 'CaptureRefusal';
  }
}

let recording = false;

export function setRecording(active: boolean): void {
  recording = active;
}

/** To be called by whatever JavaScript would decide: it would be frozen into the recorded graph. */
export function refuseInsideRecording(what: string): void {
  if (recording) throw new CaptureRefusal(what);
}

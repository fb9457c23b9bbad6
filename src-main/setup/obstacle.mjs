/** Something that keeps the native library from being prepared on this machine, and how to get past it. */
export class Obstacle extends Error {
  /** @param {string} what @param {string} how */
  constructor(what, how) {
    super(`${what} ${how}`);
    this.name = 'Obstacle';
    this.what = what;
    this.how = how;
  }
}

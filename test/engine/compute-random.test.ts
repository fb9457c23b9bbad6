import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { RandomStreams } from '#engine/compute/random.ts';

/** xoshiro128** as its authors publish it, on 64-bit integers reduced by hand. */
function* published(seed: number, name: string): Generator<number> {
  const digest = createHash('sha256').update(`${seed}/${name}`).digest();
  const s = [0, 4, 8, 12].map((at) => BigInt(digest.readUInt32LE(at)));
  const mask = 0xffffffffn;
  const rotate = (x: bigint, k: bigint): bigint => ((x << k) | (x >> (32n - k))) & mask;
  for (;;) {
    yield Number((rotate((s[1]! * 5n) & mask, 7n) * 9n) & mask);
    const t = (s[1]! << 9n) & mask;
    s[2]! ^= s[0]!;
    s[3]! ^= s[1]!;
    s[1]! ^= s[2]!;
    s[0]! ^= s[3]!;
    s[2]! ^= t;
    s[3] = rotate(s[3]!, 11n);
  }
}

describe('random streams', () => {
  it('are xoshiro128** seeded by seed and name', () => {
    const stream = new RandomStreams(42).stream('replay');
    const reference = published(42, 'replay');
    for (let index = 0; index < 1_000; index++) {
      expect(stream.uint32()).toBe(reference.next().value);
    }
  });

  it('do not depend on each other, and differ by name and seed', () => {
    const alone = new RandomStreams(1).stream('a');
    const streams = new RandomStreams(1);
    streams.stream('b').uint32();
    expect(streams.stream('a').uint32()).toBe(alone.uint32());
    expect(streams.stream('a').state()).not.toBe(streams.stream('b').state());
    expect(new RandomStreams(2).stream('a').uint32()).not.toBe(
      new RandomStreams(1).stream('a').uint32(),
    );
  });

  it('continue from a restored state, through whatever was drawn', () => {
    const streams = new RandomStreams(9);
    const stream = streams.stream('x');
    stream.normal();
    stream.integer(10);
    stream.fillNormal(new Float32Array(3));
    const state = JSON.parse(JSON.stringify(streams.state())) as Record<string, string>;
    const late = streams.stream('late');
    const draw = (): number[] => [
      stream.uint32(),
      stream.uniform(),
      stream.normal(),
      stream.integer(7),
      late.uint32(),
    ];
    const first = draw();
    streams.restore(state);
    expect(draw()).toEqual(first);
    const other = new RandomStreams(9);
    other.restore(state);
    expect(other.stream('x').uint32()).toBe(first[0]);
  });

  it.each(['', 'xyz', '0'.repeat(32), 'F'.repeat(32), 'a'.repeat(31)])(
    'refuse the state %j',
    (state) => {
      expect(() => new RandomStreams(1).restore({ a: state })).toThrow(
        /state of the random stream/,
      );
    },
  );

  it('draw uniform integers without bias', () => {
    const stream = new RandomStreams(3).stream('integers');
    const counts = new Int32Array(6);
    const draws = 60_000;
    const values = new Int32Array(draws);
    stream.fillIntegers(values, 6);
    for (const value of values) counts[value]! += 1;
    const chiSquare = counts.reduce((sum, count) => sum + (count - 1e4) ** 2 / 1e4, 0);
    // 0.1 % point with 5 degrees of freedom.
    expect(chiSquare).toBeLessThan(20.5);
    // Bounds above 2^31 would show the bias of a plain remainder.
    const bound = 3 * 2 ** 30;
    const low = Array.from({ length: 6_000 }, () => stream.integer(bound)).filter(
      (value) => value < 2 ** 30,
    );
    expect(Math.abs(low.length - 2_000)).toBeLessThan(200);
    for (const wrong of [0, -1, 1.5, NaN, 2 ** 33]) expect(() => stream.integer(wrong)).toThrow();
  });

  it('fill uniforms below 1 and normals with the moments asked for', () => {
    const stream = new RandomStreams(4).stream('fills');
    const values = new Float32Array(100_001);
    stream.fillUniform(values);
    let [largest, sum] = [0, 0];
    for (const value of values) {
      largest = Math.max(largest, value);
      sum += value;
    }
    expect(largest).toBeLessThan(1);
    expect(sum / values.length).toBeCloseTo(0.5, 2);
    stream.fillNormal(values, 3);
    let [mean, square] = [0, 0];
    for (const value of values) {
      mean += value / values.length;
      square += value ** 2 / values.length;
    }
    expect(Math.abs(mean)).toBeLessThan(0.05);
    expect(Math.sqrt(square)).toBeCloseTo(3, 1);
  });

  it('shuffle every order equally often', () => {
    const stream = new RandomStreams(6).stream('shuffle');
    const counts = new Map<string, number>();
    for (let round = 0; round < 12_000; round++) {
      const values = Int32Array.of(0, 1, 2);
      stream.shuffle(values);
      counts.set(values.join(), (counts.get(values.join()) ?? 0) + 1);
    }
    expect(counts.size).toBe(6);
    for (const count of counts.values()) expect(Math.abs(count - 2_000)).toBeLessThan(200);
  });
});

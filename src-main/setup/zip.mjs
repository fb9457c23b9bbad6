import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, open } from 'node:fs/promises';
import { createHash } from 'node:crypto';
import { dirname, join } from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createInflateRaw } from 'node:zlib';

/** A reader for the plain zip files that Python wheels are: stored or deflated members, below 4 GB. */

const endSignature = 0x06054b50;
const memberSignature = 0x02014b50;
const endBytes = 22;
const memberBytes = 46;
const localHeaderBytes = 30;
const maxCommentBytes = 0xffff;
const chunkBytes = 1 << 20;
const ownerMayExecute = 0o100 << 16;

/**
 * @typedef {object} ZipMember
 * @property {string} name
 * @property {number} bytes size once unpacked
 * @property {number} packedBytes
 * @property {number} method 0 stored, 8 deflated
 * @property {number} headerOffset
 * @property {boolean} executable
 */

/** @returns {Promise<Map<string, ZipMember>>} the members of a zip file by name */
export async function listZip(/** @type {string} */ file) {
  const handle = await open(file, 'r');
  try {
    const { size } = await handle.stat();
    const tail = Buffer.alloc(Math.min(size, endBytes + maxCommentBytes));
    await handle.read(tail, 0, tail.length, size - tail.length);
    const end = findEnd(tail, file);
    const directory = Buffer.alloc(tail.readUInt32LE(end + 12));
    const offset = tail.readUInt32LE(end + 16);
    if (offset + directory.length > size) throw new Error(`${file} is not a complete zip file.`);
    await handle.read(directory, 0, directory.length, offset);
    return readDirectory(directory, tail.readUInt16LE(end + 10), file);
  } finally {
    await handle.close();
  }
}

/**
 * Unpacks the named members, each to its own name below `folder`.
 * @param {string} file
 * @param {ReadonlySet<string>} names
 * @param {string} folder
 * @param {{ onBytes: (done: number, total: number) => void, signal?: AbortSignal | undefined }} options
 * @returns {Promise<Record<string, { bytes: number, sha256: string }>>}
 */
export async function unpackMembers(file, names, folder, { onBytes, signal }) {
  const members = await listZip(file);
  const wanted = [...names].map((name) => {
    const member = members.get(name);
    if (member === undefined) throw new Error(`${file} holds no ${name}.`);
    return member;
  });
  const total = wanted.reduce((sum, { bytes }) => sum + bytes, 0);
  /** @type {Record<string, { bytes: number, sha256: string }>} */
  const unpacked = {};
  let done = 0;
  for (const member of wanted) {
    const onMemberBytes = (/** @type {number} */ bytes) => onBytes((done += bytes), total);
    const target = join(folder, member.name);
    unpacked[member.name] = await unpackMember(file, member, target, onMemberBytes, signal);
  }
  return unpacked;
}

/**
 * Unpacks one member to `target`, flushed to the disk.
 * @param {string} file
 * @param {ZipMember} member
 * @param {string} target
 * @param {(bytes: number) => void} onBytes
 * @param {AbortSignal | undefined} signal
 * @returns {Promise<{ bytes: number, sha256: string }>}
 */
async function unpackMember(file, member, target, onBytes, signal) {
  await mkdir(dirname(target), { recursive: true });
  const start = await dataOffset(file, member);
  const hash = createHash('sha256');
  let bytes = 0;
  const count = new Transform({
    transform(chunk, _encoding, done) {
      hash.update(chunk);
      bytes += chunk.length;
      onBytes(chunk.length);
      done(null, chunk);
    },
  });
  const source = createReadStream(file, {
    start,
    end: Math.max(start, start + member.packedBytes - 1),
    highWaterMark: chunkBytes,
  });
  const sink = createWriteStream(target, { flush: true, mode: member.executable ? 0o755 : 0o644 });
  const options = signal === undefined ? {} : { signal };
  if (member.method === 0) await pipeline(source, count, sink, options);
  else await pipeline(source, createInflateRaw({ chunkSize: chunkBytes }), count, sink, options);
  if (bytes !== member.bytes) {
    throw new Error(`${member.name} has ${bytes} bytes, ${member.bytes} were expected.`);
  }
  return { bytes, sha256: hash.digest('hex') };
}

/** @param {Buffer} tail @param {string} file */
function findEnd(tail, file) {
  for (let at = tail.length - endBytes; at >= 0; at -= 1) {
    if (tail.readUInt32LE(at) === endSignature) return at;
  }
  throw new Error(`${file} is not a complete zip file.`);
}

/** @param {Buffer} directory @param {number} count @param {string} file */
function readDirectory(directory, count, file) {
  /** @type {Map<string, ZipMember>} */
  const members = new Map();
  let at = 0;
  for (let index = 0; index < count; index += 1) {
    if (at + memberBytes > directory.length || directory.readUInt32LE(at) !== memberSignature) {
      throw new Error(`${file}: the list of its members is damaged.`);
    }
    const nameBytes = directory.readUInt16LE(at + 28);
    const member = {
      name: directory.toString('utf8', at + memberBytes, at + memberBytes + nameBytes),
      method: directory.readUInt16LE(at + 10),
      packedBytes: directory.readUInt32LE(at + 20),
      bytes: directory.readUInt32LE(at + 24),
      headerOffset: directory.readUInt32LE(at + 42),
      executable: (directory.readUInt32LE(at + 38) & ownerMayExecute) !== 0,
    };
    members.set(member.name, member);
    at +=
      memberBytes + nameBytes + directory.readUInt16LE(at + 30) + directory.readUInt16LE(at + 32);
  }
  return members;
}

/** @param {string} file @param {ZipMember} member */
async function dataOffset(file, member) {
  if (member.method !== 0 && member.method !== 8) {
    throw new Error(`${member.name} is packed in a way that cannot be read (${member.method}).`);
  }
  if (member.bytes === 0xffffffff || member.headerOffset === 0xffffffff) {
    throw new Error(`${member.name} is too large for this reader.`);
  }
  const handle = await open(file, 'r');
  try {
    const header = Buffer.alloc(localHeaderBytes);
    await handle.read(header, 0, header.length, member.headerOffset);
    const named = header.readUInt16LE(26);
    const extra = header.readUInt16LE(28);
    return member.headerOffset + localHeaderBytes + named + extra;
  } finally {
    await handle.close();
  }
}

/** Packed audio of HLS, RFC 8216 §3.4: frames behind an ID3 tag that tells their time. */
export function packAudio(timestamp: number, frames: Uint8Array, { version = 4 } = {}): Uint8Array {
  return Buffer.concat([timestampTag(timestamp, version), frames]);
}

/** An ID3 tag of version 2.3 or 2.4 with the time stamp, 33 bits of 90 kHz. */
export function timestampTag(timestamp: number, version = 4): Buffer {
  const stamp = Buffer.alloc(8);
  stamp.writeBigUInt64BE(BigInt(timestamp));
  return id3Tag([privateFrame('com.apple.streaming.transportStreamTimestamp', stamp)], version);
}

export function privateFrame(owner: string, data: Uint8Array): Buffer {
  const content = Buffer.concat([Buffer.from(`${owner}\0`, 'latin1'), data]);
  // Shorter than 128 bytes, so that both versions write the size alike.
  return Buffer.concat([Buffer.from('PRIV'), Buffer.of(0, 0, 0, content.length, 0, 0), content]);
}

export function id3Tag(frames: readonly Buffer[], version = 4): Buffer {
  const size = frames.reduce((sum, { length }) => sum + length, 0);
  return Buffer.concat([Buffer.from('ID3'), Buffer.of(version, 0, 0, 0, 0, size >> 7, size & 127), ...frames]);
}

// Messages of the server: the length of a JSON header (uint32), the header, then float32 and int32 arrays, little-endian.

export interface NumberArray {
  shape: number[];
  data: Float32Array | Int32Array;
}

export interface RunMeta {
  system: number;
  network: "model" | "baseline";
  baseline?: string;
  notes: string[];
  error: { prediction: number; features: number | null } | null;
  seconds?: number;
  /** Numbers of the whole system, in full precision, by name. */
  told?: Record<string, { predicted?: number[]; true?: number[] }>;
}

export interface Run {
  meta: RunMeta;
  arrays: Record<string, NumberArray>;
}

interface Entry {
  name: string;
  type: "float32" | "int32";
  shape: number[];
  start: number;
}

export function unpack(buffer: ArrayBuffer): Run {
  const length = new DataView(buffer).getUint32(0, true);
  const { arrays: entries, ...meta } = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 4, length)));
  const arrays: Record<string, NumberArray> = {};
  for (const { name, type, shape, start } of entries as Entry[]) {
    const count = shape.reduce((product, size) => product * size, 1);
    const Kind = type === "int32" ? Int32Array : Float32Array;
    arrays[name] = { shape, data: new Kind(buffer, 4 + length + start, count) };
  }
  return { meta: meta as RunMeta, arrays };
}

export function fromBase64(text: string): ArrayBuffer {
  const letters = atob(text);
  const bytes = new Uint8Array(letters.length);
  for (let n = 0; n < bytes.length; n++) bytes[n] = letters.charCodeAt(n); // no call for each of a million
  return bytes.buffer;
}

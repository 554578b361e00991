// Glyphs of many nodes at once: spheres of triangles in one geometry (see Repeated in marks.ts), deformed in the vertex shader to r(n) = |Σ h_lm Y_lm(n)|.
// The coefficients of two layers lie in two textures; ``mix`` goes smoothly from one to the other.

import * as THREE from "three";
import { basis } from "./harmonics.ts";
import { sphere } from "./sphere.ts";

const VERTEX = /* glsl */ `
precision highp float;
uniform highp sampler2D table;   // (columns, vertices): gradient x, y, z and value of each harmonic
uniform highp sampler2D before;  // (columns, instances): coefficients of one layer
uniform highp sampler2D after;   // and of the next
uniform highp sampler2D places;  // (1, instances)
uniform int columns;
uniform int vertices;            // of one sphere
uniform float mixing;
uniform float size;
uniform vec3 aside;
out float vValue;
out vec3 vNormal;
out vec3 vPlace;

void main() {
  int instance = gl_VertexID / vertices;
  int own = gl_VertexID - instance * vertices;
  float f = 0.0;
  vec3 slope = vec3(0.0);
  for (int k = 0; k < columns; k++) {
    float h = mix(texelFetch(before, ivec2(k, instance), 0).r, texelFetch(after, ivec2(k, instance), 0).r, mixing);
    vec4 y = texelFetch(table, ivec2(k, own), 0);
    f += h * y.w;
    slope += h * y.xyz;
  }
  vec3 outward = abs(f) * position - sign(f) * slope;
  vNormal = normalMatrix * (dot(outward, outward) > 1e-20 ? normalize(outward) : position);
  vValue = f;
  vec4 place = modelViewMatrix * vec4(texelFetch(places, ivec2(0, instance), 0).xyz + aside + size * abs(f) * position, 1.0);
  vPlace = place.xyz;
  gl_Position = projectionMatrix * place;
}`;

const FRAGMENT = /* glsl */ `
precision highp float;
uniform sampler2D colours;
uniform float limit;
uniform float opacity;
in float vValue;
in vec3 vNormal;
in vec3 vPlace;
out vec4 colour;

void main() {
  vec3 normal = normalize(vNormal);
  vec3 toEye = normalize(-vPlace);
  vec3 toLight = normalize(vec3(-0.45, 0.75, 0.6));
  float light = 0.52 + 0.48 * max(dot(normal, toLight), 0.0) + 0.10 * normal.y;
  float shine = 0.18 * pow(max(dot(reflect(-toLight, normal), toEye), 0.0), 24.0);
  float rim = 0.22 * pow(1.0 - max(dot(normal, toEye), 0.0), 3.0);
  vec3 own = texture(colours, vec2(0.5 + 0.498 * clamp(vValue / limit, -1.0, 1.0), 0.5)).rgb;
  colour = vec4(own * (light - rim) + shine, opacity);
}`;

export class Glyphs {
  readonly mesh: THREE.Mesh<THREE.BufferGeometry, THREE.ShaderMaterial>;
  private degrees = "";
  private level = -1;
  private instances = 0;

  constructor(colours: number[]) {
    const uniforms = {
      table: { value: null as THREE.DataTexture | null },
      before: { value: null as THREE.DataTexture | null },
      after: { value: null as THREE.DataTexture | null },
      colours: { value: colourTexture(colours) },
      places: { value: null as THREE.DataTexture | null },
      columns: { value: 0 },
      vertices: { value: 1 },
      mixing: { value: 0 },
      size: { value: 1 },
      limit: { value: 1 },
      opacity: { value: 1 },
      aside: { value: new THREE.Vector3() },
    };
    const material = new THREE.ShaderMaterial({
      glslVersion: THREE.GLSL3,
      vertexShader: VERTEX,
      fragmentShader: FRAGMENT,
      uniforms,
    });
    this.mesh = new THREE.Mesh(new THREE.BufferGeometry(), material);
    this.mesh.frustumCulled = false;
  }

  get count(): number {
    return this.mesh.visible ? this.instances : 0;
  }

  /**
   * Functions of these degrees with coefficients (instances · columns) in two layers, at ``offsets`` (instances · 3).
   * ``coarse``: with a quarter of the triangles, where many move and a processor draws them.
   */
  show(degrees: number[], before: Float32Array, after: Float32Array, offsets: Float32Array, coarse = false): void {
    const instances = offsets.length / 3;
    const level = instances <= 12 ? 4 : instances <= 60 ? 3 : 2;
    this.shape(degrees, coarse ? level - 1 : level, instances);
    const { material } = this.mesh;
    const columns = material.uniforms.columns.value as number;
    for (const [name, data] of [["before", before], ["after", after]] as const) {
      const old = material.uniforms[name].value as THREE.DataTexture | null;
      if (old && data.length && old.image.width === columns && old.image.height === instances) {
        (old.image.data as Float32Array).set(data);
        old.needsUpdate = true;
      } else {
        old?.dispose();
        material.uniforms[name].value = numbers(data.slice(), columns, instances, THREE.RedFormat);
      }
    }
    const points = new Float32Array(4 * instances);
    for (let n = 0; n < instances; n++) points.set(offsets.subarray(3 * n, 3 * n + 3), 4 * n);
    (material.uniforms.places.value as THREE.Texture | null)?.dispose();
    material.uniforms.places.value = numbers(points, 1, instances, THREE.RGBAFormat);
    this.mesh.visible = instances > 0 && columns > 0;
  }

  hide(): void {
    this.mesh.visible = false;
  }

  set(values: { mixing?: number; size?: number; limit?: number }): void {
    for (const [name, value] of Object.entries(values)) this.mesh.material.uniforms[name].value = value;
  }

  set aside(shift: THREE.Vector3) {
    (this.mesh.material.uniforms.aside.value as THREE.Vector3).copy(shift);
  }

  private shape(degrees: number[], level: number, instances: number): void {
    const wanted = degrees.join();
    const { directions, faces } = sphere(level);
    if (level !== this.level || instances !== this.instances) {
      const vertices = directions.length / 3;
      const [all, index] = [new Float32Array(instances * directions.length), new Uint32Array(instances * faces.length)];
      for (let n = 0; n < instances; n++) {
        all.set(directions, n * directions.length);
        for (let k = 0; k < faces.length; k++) index[n * faces.length + k] = faces[k] + n * vertices;
      }
      this.mesh.geometry.dispose();
      this.mesh.geometry = new THREE.BufferGeometry();
      this.mesh.geometry.setAttribute("position", new THREE.BufferAttribute(all, 3));
      this.mesh.geometry.setIndex(new THREE.BufferAttribute(index, 1));
      this.mesh.material.uniforms.vertices.value = vertices;
    } else if (wanted === this.degrees) return;
    const { columns, data } = basis(degrees, directions);
    const uniforms = this.mesh.material.uniforms;
    (uniforms.table.value as THREE.Texture | null)?.dispose();
    uniforms.table.value = numbers(data, columns, directions.length / 3, THREE.RGBAFormat);
    uniforms.columns.value = columns;
    [this.degrees, this.level, this.instances] = [wanted, level, instances];
  }
}

/** For each instance the largest |f| over a coarse sphere, and the largest of all. */
export function largest(degrees: number[], coefficients: Float32Array): number {
  const { columns, data } = basis(degrees, sphere(2).directions);
  const vertices = sphere(2).directions.length / 3;
  const instances = columns ? coefficients.length / columns : 0;
  let most = 0;
  for (let i = 0; i < instances; i++)
    for (let v = 0; v < vertices; v++) {
      let f = 0;
      for (let k = 0; k < columns; k++) f += coefficients[i * columns + k] * data[4 * (v * columns + k) + 3];
      most = Math.max(most, Math.abs(f));
    }
  return most;
}

function numbers(data: Float32Array, columns: number, rows: number, format: THREE.PixelFormat): THREE.DataTexture {
  const size = format === THREE.RGBAFormat ? 4 : 1;
  const given = data.length ? data : new Float32Array(size);
  const texture = new THREE.DataTexture(given, Math.max(1, columns), Math.max(1, rows), format, THREE.FloatType);
  texture.needsUpdate = true;
  return texture;
}

function colourTexture(colours: number[]): THREE.DataTexture {
  const count = colours.length / 3;
  const data = new Uint8Array(4 * count);
  for (let n = 0; n < count; n++) data.set([...colours.slice(3 * n, 3 * n + 3), 255], 4 * n);
  const texture = new THREE.DataTexture(data, count, 1, THREE.RGBAFormat);
  texture.magFilter = texture.minFilter = THREE.LinearFilter;
  texture.needsUpdate = true;
  return texture;
}

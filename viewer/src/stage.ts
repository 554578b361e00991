// The stage: camera, light, handles, drawing on demand. It knows places and sizes, not models.

import * as THREE from "three";
import { OrbitControls } from "three/examples/jsm/controls/OrbitControls.js";
import { TransformControls } from "three/examples/jsm/controls/TransformControls.js";

export class Stage {
  readonly scene = new THREE.Scene();
  readonly camera = new THREE.PerspectiveCamera(35, 1, 0.01, 1000);
  readonly renderer: THREE.WebGLRenderer;
  readonly software: boolean;
  readonly orbit: OrbitControls;
  readonly turner: TransformControls;
  readonly mover: TransformControls;
  readonly turned = new THREE.Object3D();
  readonly moved = new THREE.Object3D();
  beforeDraw: () => void = () => {};
  afterDraw: () => void = () => {};
  frames = 0;
  playing = false; // frames are wanted one after the other
  private asked = false;
  private quality = 1;
  private slow = 0;
  private last = 0;
  private rest = 0;
  private blurred = true; // whether the drawing buffer has the size that motion asks for

  constructor(readonly canvas: HTMLCanvasElement) {
    this.software = drawsInSoftware();
    this.renderer = new THREE.WebGLRenderer({ canvas, antialias: !this.software, powerPreference: "low-power" });
    this.renderer.setClearColor(0x000000, 0);
    const key = new THREE.DirectionalLight(0xffffff, 2.0);
    key.position.set(-0.45, 0.75, 0.6);
    this.camera.add(key);
    this.scene.add(this.camera, new THREE.HemisphereLight(0xffffff, 0x8890a0, 1.7));
    this.camera.position.set(0.35, 0.3, 1);
    this.orbit = new OrbitControls(this.camera, canvas);
    this.orbit.addEventListener("change", () => this.draw());
    this.turner = this.handle("rotate", this.turned);
    this.mover = this.handle("translate", this.moved);
    new ResizeObserver(() => this.resize()).observe(canvas.parentElement!);
    this.resize();
  }

  private handle(mode: "rotate" | "translate", object: THREE.Object3D): TransformControls {
    const controls = new TransformControls(this.camera, this.canvas);
    controls.setMode(mode);
    controls.setColors("#d0452f", "#2f9e5b", "#3f78e0", "#e8a33d"); // x, y, z, and the one in hand; seen on light and dark
    controls.setSize(mode === "rotate" ? 1.15 : 0.6);
    controls.addEventListener("change", () => this.draw());
    controls.addEventListener("dragging-changed", (event) => (this.orbit.enabled = !event.value));
    this.scene.add(object, controls.getHelper());
    return controls;
  }

  /** Show or hide a handle at a place. */
  grip(controls: TransformControls, object: THREE.Object3D, place: THREE.Vector3 | null): void {
    if (controls.dragging) return;
    if (place) {
      object.position.copy(place);
      controls.attach(object);
    } else {
      controls.detach();
    }
    this.draw();
  }

  /** Look at these places (n · 3), as near as they and ``margin`` around them allow from where the camera looks now. */
  frame(places: number[], margin: number): void {
    const box = new THREE.Box3().setFromArray(places);
    const centre = box.getCenter(new THREE.Vector3());
    this.camera.lookAt(this.orbit.target);
    this.camera.updateMatrixWorld();
    const [right, up, away] = [0, 1, 2].map((k) => new THREE.Vector3().setFromMatrixColumn(this.camera.matrixWorld, k));
    const tall = Math.tan(THREE.MathUtils.degToRad(this.camera.fov / 2));
    const point = new THREE.Vector3();
    // The middle of what is seen, then the distance at which every place lies inside the picture.
    const extent = [right, up].map((axis) => {
      const along = places.flatMap((_, n) => (n % 3 ? [] : [point.fromArray(places, n).sub(centre).dot(axis)]));
      return [along.reduce((a, b) => Math.min(a, b), Infinity), along.reduce((a, b) => Math.max(a, b), -Infinity)];
    });
    centre.addScaledVector(right, (extent[0][0] + extent[0][1]) / 2).addScaledVector(up, (extent[1][0] + extent[1][1]) / 2);
    let distance = margin / tall;
    for (let n = 0; n < places.length; n += 3) {
      point.fromArray(places, n).sub(centre);
      const needed = Math.max(Math.abs(point.dot(up)) + margin, (Math.abs(point.dot(right)) + margin) / this.camera.aspect) / tall;
      distance = Math.max(distance, needed + point.dot(away));
    }
    this.orbit.target.copy(centre);
    this.camera.position.copy(centre).addScaledVector(away, distance);
    this.camera.near = distance / 200;
    this.camera.far = distance * 20;
    this.camera.updateProjectionMatrix();
    this.orbit.update();
    this.draw();
  }

  /** Turn the camera about the system, in radians; closer with ``zoom`` < 1. */
  move(right: number, up: number, zoom = 1): void {
    const away = new THREE.Spherical().setFromVector3(this.camera.position.clone().sub(this.orbit.target));
    away.theta -= right;
    away.phi = THREE.MathUtils.clamp(away.phi - up, 0.05, Math.PI - 0.05);
    away.radius *= zoom;
    this.camera.position.setFromSpherical(away).add(this.orbit.target);
    this.orbit.update();
    this.draw();
  }

  /** Draw soon, once, however often this is called. */
  draw(): void {
    if (this.asked) return;
    this.asked = true;
    requestAnimationFrame((now) => {
      this.asked = false;
      this.adapt(now);
      this.beforeDraw();
      this.renderer.render(this.scene, this.camera);
      this.frames++;
      this.afterDraw();
      clearTimeout(this.rest);
      if (this.quality < 1) this.rest = window.setTimeout(() => this.sharpen(), 250);
    });
  }

  /** One picture in full sharpness when everything stands still. */
  private sharpen(): void {
    const moving = this.quality;
    this.quality = 1;
    this.resize(false);
    this.renderer.render(this.scene, this.camera);
    this.quality = moving;
    this.blurred = false;
  }

  /** How long a pixel is where the camera looks at. */
  get pixel(): number {
    const tall = 2 * Math.tan(THREE.MathUtils.degToRad(this.camera.fov / 2)) * this.camera.position.distanceTo(this.orbit.target);
    return tall / Math.max(1, this.canvas.clientHeight);
  }

  /** The pixel of a place, and whether it is before the camera. */
  project(place: THREE.Vector3): { x: number; y: number; seen: boolean } {
    const p = place.clone().project(this.camera);
    const { clientWidth, clientHeight } = this.canvas;
    return { x: ((p.x + 1) / 2) * clientWidth, y: ((1 - p.y) / 2) * clientHeight, seen: p.z < 1 };
  }

  private resize(redraw = true): void {
    const { clientWidth: width, clientHeight: height } = this.canvas.parentElement!;
    if (!width || !height) return;
    this.renderer.setPixelRatio(this.quality * Math.min(devicePixelRatio, this.software ? 1 : 2));
    this.renderer.setSize(width, height, false);
    this.camera.aspect = width / height;
    this.camera.updateProjectionMatrix();
    if (redraw) this.draw();
  }

  /** Fewer pixels where a machine without a graphics card cannot keep up: thirty frames a second before sharpness. */
  private adapt(now: number): void {
    const took = now - this.last;
    this.last = now;
    if (!this.blurred && this.quality < 1) this.resize(false);
    this.blurred = true;
    if (took > 1000 && !this.playing) return; // it stood still
    this.slow = took > 30 ? this.slow + 1 : Math.max(0, this.slow - 1);
    if (this.slow >= 4 && this.quality > 0.5) {
      this.quality = Math.max(0.5, this.quality * 0.8);
      this.slow = 0;
      this.resize();
    }
  }
}

/** Whether WebGL is computed by the processor (SwiftShader, llvmpipe): then smooth edges cost more than they give. */
function drawsInSoftware(): boolean {
  const context = document.createElement("canvas").getContext("webgl2");
  if (!context) return false;
  const extension = context.getExtension("WEBGL_debug_renderer_info");
  const name = String(context.getParameter(extension?.UNMASKED_RENDERER_WEBGL ?? context.RENDERER));
  context.getExtension("WEBGL_lose_context")?.loseContext();
  return /swiftshader|llvmpipe|software|basic render/i.test(name);
}

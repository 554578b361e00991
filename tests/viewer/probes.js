// Small measurements of the page, called by test_browser.py: probes.name(...).
globalThis.probes = {
  /** Pixels that something is drawn on. */
  drawnPixels() {
    const { renderer, scene, camera } = viewer.view.stage;
    renderer.render(scene, camera);
    const gl = renderer.getContext();
    const { drawingBufferWidth: width, drawingBufferHeight: height } = gl;
    const pixels = new Uint8Array(4 * width * height);
    gl.readPixels(0, 0, width, height, gl.RGBA, gl.UNSIGNED_BYTE, pixels);
    let count = 0;
    for (let k = 3; k < pixels.length; k += 4) count += pixels[k] > 200;
    return count;
  },

  /** Where a node is on the screen. */
  pixelOf(node) {
    const { stage } = viewer.view;
    const box = stage.canvas.getBoundingClientRect();
    const { x, y } = stage.project(viewer.view.place(node));
    return [box.left + x, box.top + y];
  },

  /** Nodes that are not in the picture, or at its very edge. */
  outOfPicture() {
    const box = viewer.view.stage.canvas.getBoundingClientRect();
    const nodes = [...Array(viewer.view.count).keys()];
    const inside = ([x, y]) => x > box.left + 12 && x < box.right - 12 && y > box.top + 12 && y < box.bottom - 12;
    return nodes.filter((node) => !inside(probes.pixelOf(node)));
  },

  /** Controls to be seen without a name; a glyph is none. */
  unnamedControls() {
    const words = (e) => e.innerText?.replace(/[▶❚]/g, "").trim();
    return [...document.querySelectorAll("input, button, canvas, select")]
      .filter((e) => e.checkVisibility())
      .filter((e) => !(e.labels?.length || words(e) || e.getAttribute("aria-label")))
      .map((e) => e.id || e.outerHTML);
  },

  repeatedIds() {
    const all = [...document.querySelectorAll("[id]")].map((e) => e.id);
    return all.filter((id, n) => all.indexOf(id) !== n);
  },

  /** Texts with less contrast to their ground than 4.5 to 1 (WCAG 2.2, 1.4.3). */
  paleTexts() {
    const linear = (v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
    const light = (colour) => {
      const [r, g, b] = colour.match(/[\d.]+/g).map((v) => linear(Number(v) / 255));
      return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const ground = (e) => {
      for (; e; e = e.parentElement) {
        const colour = getComputedStyle(e).backgroundColor;
        if (!/, 0\)$/.test(colour)) return colour;
      }
      return "rgb(255, 255, 255)";
    };
    const texts = "#panel p, #panel label, #panel h2, #panel td, #panel th, #panel small, #panel code, header p, h1, button";
    return [...document.querySelectorAll(texts)]
      .filter((e) => e.offsetParent && e.textContent.trim())
      .filter((e) => {
        const [high, low] = [light(getComputedStyle(e).color), light(ground(e))].sort((a, b) => b - a);
        return (high + 0.05) / (low + 0.05) < 4.5;
      })
      .map((e) => e.textContent.slice(0, 40));
  },

  /** Play the forward pass, again and again, until so many more pictures are drawn. */
  async playFrames(count) {
    const { stage } = viewer.view;
    const wanted = stage.frames + count;
    while (stage.frames < wanted) {
      if (!viewer.playing) viewer.play(true);
      await new Promise(requestAnimationFrame);
    }
    viewer.play(false);
  },
};

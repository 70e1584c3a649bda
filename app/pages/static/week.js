/* What JavaScript adds to the week page: clocks for holds and rests, and ticks that survive a reload. */
"use strict";

(() => {
  const shown = (seconds) => `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;

  // --- a clock beside each time -----------------------------------------------------------------------------------

  const clock = (piece) => {
    const seconds = Number(piece.dataset.seconds);
    const button = document.createElement("button");
    let ends = 0;
    let ticking = null;
    const stop = () => {
      clearInterval(ticking);
      ticking = null;
      button.textContent = "▶";
    };
    const tick = () => {
      const left = Math.round((ends - Date.now()) / 1000);
      if (left > 0) {
        button.textContent = `■ ${shown(left)}`;
        return;
      }
      stop();
      if (navigator.vibrate) navigator.vibrate(300);
    };
    button.type = "button";
    button.className = "timer";
    button.addEventListener("click", () => {
      if (ticking) {
        stop();
        return;
      }
      ends = Date.now() + seconds * 1000;
      ticking = setInterval(tick, 250);
      tick();
    });
    stop();
    button.setAttribute("aria-label", piece.textContent);
    piece.append(button);
  };

  // --- ticks, kept in this tab until the session is sent ------------------------------------------------------------

  const keepTicks = (form) => {
    const name = `ticks/${form.dataset.session}`;
    const boxes = [...form.querySelectorAll('input[name="done"]')];
    const kept = new Set((sessionStorage.getItem(name) ?? "").split(","));
    for (const box of boxes) {
      box.checked ||= kept.has(box.value);
      box.addEventListener("change", () => {
        const ticked = boxes.filter((one) => one.checked).map((one) => one.value);
        sessionStorage.setItem(name, ticked.join(","));
      });
    }
    form.addEventListener("submit", () => sessionStorage.removeItem(name));
  };

  document.querySelectorAll(".shown [data-seconds]").forEach(clock);
  document.querySelectorAll("form.log").forEach(keepTicks);
})();

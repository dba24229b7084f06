// Lets a tick of the interval through only when the one before was answered: Dash drops an answer once a newer question is on its
// way, so that an API slower than the interval would otherwise never be heard. Says so when an answer is long in coming.
(function () {
  "use strict";

  const LATE_TICKS = 5;
  let phase = null;

  window.dash_clientside = Object.assign({}, window.dash_clientside, {
    polling: {
      nextTick: function (now, asked, answered, patience) {
        const isWaiting = asked !== answered;
        const style = { display: isWaiting && now - answered >= LATE_TICKS ? "block" : "none" };
        return [isWaiting && now - asked < patience ? window.dash_clientside.no_update : now, style];
      },

      // A new phase is a new page to whoever had scrolled down to the button of the one before. The first is the page as it was opened.
      showFromTheTop: function (shown) {
        const now = `${shown.id} ${shown.status} ${shown.view}`;
        if (phase !== null && phase !== now) window.scrollTo(0, 0);
        phase = now;
      },
    },
  });
})();

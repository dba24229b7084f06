// Brings the field of which something was refused into sight, once what it is folded into is open.
(function () {
  "use strict";

  const UNFOLDED_MILLISECONDS = 250;

  window.dash_clientside = Object.assign({}, window.dash_clientside, {
    refusals: {
      lookAt: function (refused) {
        window.setTimeout(function () {
          const field = document.getElementById(refused.field);
          if (!field) return;
          field.scrollIntoView({ block: "center" });
          field.focus({ preventScroll: true });
        }, UNFOLDED_MILLISECONDS);
      },
    },
  });
})();

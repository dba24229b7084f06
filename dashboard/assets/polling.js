// Lets a tick of the interval through only when the one before was answered: Dash drops an answer once a newer question is on its
// way, so that an API slower than the interval would otherwise never be heard.
window.dash_clientside = Object.assign({}, window.dash_clientside, {
  polling: {
    nextTick: function (now, asked, answered, patience) {
      const isWaiting = asked !== answered && now - asked < patience;
      return isWaiting ? window.dash_clientside.no_update : now;
    },
  },
});

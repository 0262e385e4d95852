// Classic script in the head: theme and form of the page must be set before the first paint, and modules run after it.
(function () {
  'use strict';
  let theme = null;
  try {
    theme = localStorage.getItem('theme');
  } catch {
    // Storage may be forbidden; the system's theme is right then.
  }
  if (/[?&]embed=1(&|$)/.test(location.search)) document.documentElement.dataset.embed = '';
  if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme;
})();

// Says in words which Node is needed, before another line of ours is parsed. Any old Node must understand this: ES5.
'use strict';

var NEEDED = 24;

if (parseInt(process.versions.node, 10) < NEEDED) {
  console.error(
    [
      'waybill: this needs Node ' + NEEDED + ' or newer; here is Node ' + process.versions.node + '.',
      '  Install Node ' + NEEDED + ', then do the same again:',
      '    macOS      brew install node@' + NEEDED + ' && brew link --overwrite node@' + NEEDED,
      '    with nvm   nvm install ' + NEEDED,
      '    others     https://nodejs.org/en/download',
    ].join('\n'),
  );
  process.exit(3);
}

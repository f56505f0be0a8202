#!/usr/bin/env node
// The published command. The program is a file of its own beside this one: an old Node could not even parse it, and
// the compile cache takes up only what is loaded after it was enabled.
/* oxlint-disable import/no-unassigned-import -- both act when they are loaded */
'use strict';

require('./require-node.cjs');
require('module').enableCompileCache();
require('./main.cjs');

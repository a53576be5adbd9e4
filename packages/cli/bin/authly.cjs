#!/usr/bin/env node
const { enableCompileCache } = require('node:module');
// From Node 22.1 on the compiled form is kept between runs.
if (enableCompileCache) enableCompileCache();
else require('./compile-cache.cjs').keepCompiled(process.env, `${__dirname}/../dist`);
require('../dist/authly.cjs');

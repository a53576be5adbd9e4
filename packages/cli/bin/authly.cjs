#!/usr/bin/env node
// From Node 22.1 on the compiled form is kept between runs.
require('node:module').enableCompileCache?.();
require('../dist/authly.cjs');

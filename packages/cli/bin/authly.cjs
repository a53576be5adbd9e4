#!/usr/bin/env node
require('../dist/authly.cjs');

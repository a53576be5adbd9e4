/** The script of the page of the API: it gives the renderer what a page without an origin lacks, and starts it. */
import { createHash } from 'node:crypto';
import type { Route } from '../route.js';
import { SCRIPT_HEADERS } from './renderer.js';

const SCRIPT = `(()=>{'use strict';
// A sandboxed page has no storage, and the renderer does not start without: what it keeps lasts as long as the page.
for(const name of ['localStorage','sessionStorage']){
  const kept=new Map();
  Object.defineProperty(window,name,{value:{
    getItem:(key)=>kept.get(String(key))??null,
    setItem:(key,value)=>{kept.set(String(key),String(value));},
    removeItem:(key)=>{kept.delete(String(key));},
    clear:()=>kept.clear(),
    key:(at)=>[...kept.keys()][at]??null,
    get length(){return kept.size;},
  }});
}
const page=document.getElementById('reference');
const script=document.createElement('script');
script.src=page.dataset.renderer;
script.addEventListener('load',()=>{
  const content=JSON.parse(document.getElementById('document').textContent);
  page.replaceChildren();
  Scalar.createApiReference(page,{...JSON.parse(page.dataset.options),content});
});
document.head.append(script);
})();
`;

const HASH = createHash('sha256').update(SCRIPT).digest('hex').slice(0, 12);

/** Below the issuer's path. Named after its content, so it may be kept for ever. */
export const START_SCRIPT_PATH = `/assets/api-reference-start.${HASH}.js`;

export const startScriptRoute: Route = {
  method: 'GET',
  path: START_SCRIPT_PATH,
  refusals: 'page',
  handle: () => ({ status: 200, headers: SCRIPT_HEADERS, body: SCRIPT }),
};

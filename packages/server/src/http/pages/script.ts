/** The optional script: comfort only. Every page does its work without it, and it loads nothing. */
import type { Strings } from './strings/english.js';

export function pageScript(words: Strings['script']): string {
  return `(()=>{'use strict';const words=${JSON.stringify(words)};${BEHAVIOUR}})();\n`;
}

const BEHAVIOUR = `
const all=(selector)=>document.querySelectorAll(selector);

for(const input of all('[type=password]')){
  const box=input.parentElement;
  const button=document.createElement('button');
  button.type='button';
  button.className='reveal';
  const show=(visible)=>{
    input.type=visible?'text':'password';
    button.textContent=visible?words.hide:words.show;
    button.setAttribute('aria-label',visible?words.hideLabel:words.showLabel);
  };
  show(false);
  button.addEventListener('click',()=>{show(input.type==='password');input.focus();});
  input.form.addEventListener('submit',()=>show(false));
  box.append(button);

  const note=document.createElement('p');
  note.className='note caps';
  note.setAttribute('role','status');
  box.after(note);
  const check=(event)=>{
    const text=event.type!=='blur'&&event.getModifierState&&event.getModifierState('CapsLock')?words.capsLock:'';
    if(note.textContent!==text)note.textContent=text;
  };
  for(const type of ['keydown','keyup','blur'])input.addEventListener(type,check);
}

for(const form of all('form[data-once]')){
  form.addEventListener('submit',(event)=>{
    if(form.dataset.sent){event.preventDefault();return;}
    form.dataset.sent='1';
    if(event.submitter)event.submitter.setAttribute('aria-busy','true');
  });
}
addEventListener('pageshow',()=>{
  for(const form of all('form[data-sent]'))delete form.dataset.sent;
  for(const button of all('[aria-busy]'))button.removeAttribute('aria-busy');
});

for(const input of all('[data-code]')){
  input.addEventListener('input',(event)=>{
    if(event.inputType&&event.inputType.startsWith('delete'))return;
    const letters=input.value.toUpperCase().replace(/[^A-Z0-9]/g,'');
    const end=input.selectionEnd===input.value.length;
    if(!end)return;
    input.value=letters.length>=4?letters.slice(0,4)+'-'+letters.slice(4):letters;
  });
}

for(const button of all('[data-copy]')){
  if(!navigator.clipboard)continue;
  const label=button.textContent;
  button.hidden=false;
  button.addEventListener('click',async()=>{
    const source=document.getElementById(button.dataset.copy);
    const copied=await navigator.clipboard.writeText(source.value??source.dataset.plain??source.innerText).then(()=>1,()=>0);
    if(!copied)return source.select?source.select():getSelection().selectAllChildren(source);
    button.textContent=words.copied;
    setTimeout(()=>{button.textContent=label;},2000);
  });
}

for(const part of all('[data-script]'))part.hidden=false;
for(const button of all('[data-print]')){
  button.hidden=false;
  button.addEventListener('click',()=>print());
}

for(const time of all('time[data-local]')){
  const format=new Intl.DateTimeFormat(words.locale,{dateStyle:'long',timeStyle:'short'});
  time.textContent=format.format(new Date(time.dateTime));
}

const frames=[...all('iframe[data-logout]')];
const next=document.getElementById('signing-out-continue');
if(next){
  let waiting=frames.length;
  const goOn=()=>location.replace(next.href);
  const loaded=()=>{waiting-=1;if(waiting===0)goOn();};
  setTimeout(goOn,3000);
  for(const frame of frames)frame.addEventListener('load',loaded,{once:true});
}

const answer=document.querySelector('form[data-auto-submit]');
if(answer)answer.submit();
`;

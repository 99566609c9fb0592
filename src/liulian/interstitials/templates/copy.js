(function(){
var b=document.getElementById("copy"),f=document.getElementById("link"),s=document.getElementById("said");
if(!b)return;
function say(done){s.textContent=b.getAttribute(done?"data-done":"data-failed")}
b.hidden=false;
b.onclick=function(){
var done=false;
f.focus();f.setSelectionRange(0,f.value.length);
try{done=document.execCommand("copy")}catch(e){}
say(done);
if(navigator.clipboard)navigator.clipboard.writeText(f.value).then(function(){say(true)},function(){})
}
})()

var e=document.getElementById("offer");new MutationObserver(()=>{e.hidden||document.getElementById("sealed")?.remove()}).observe(e,{attributeFilter:["hidden"]});

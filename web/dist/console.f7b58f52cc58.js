"use strict";(()=>{var E,Rt,Do,oe,Ze,$e,Tt,Ne,Dt,tt,et,$o,_e=Symbol.for("pv"),Pe={},Oe=[],Po=/^m(i|n|o|s|text|space)$/,nt=Array.isArray,$t=Oe.slice,ue=Object.assign;function le(e){e&&e.parentNode&&e.remove()}function Re(e,t,o,r,i){var s={type:e,props:t,key:o,ref:r,__k:null,__:null,__b:0,__e:null,__c:null,constructor:_e,__v:i||++Rt,__i:-1,__u:0};return!i&&E.vnode&&E.vnode(s),s}function h(e){return e.children}function Te(e,t){this.props=e,this.context=t,this.__g=0}function re(e,t){if(t==null)return e.__&&re(e.__,e.__i+1);for(var o;t<e.__k.length;t++)if((o=e.__k[t])&&o.__e)return o.__e;return typeof e.type!="function"||e.props.__P?null:re(e)}function Oo(e){var t,o=e.__v,r=o.__e,i=[],s=[],a=e.__P;a&&((t=ue({constructor:_e},o)).__v=o.__v+1,E.vnode&&E.vnode(t),ot(a,t,o,e.__n,a.namespaceURI,32&o.__u?[r]:null,i,r||re(o),32&o.__u,s),t.__v=o.__v,t.__.__k[t.__i]=t,Ut(i,t,s),o.__=o.__e=null,t.__e!=r&&Pt(t))}function Pt(e){if((e=e.__)&&e.__c&&!e.props.__P)return e.__e=null,e.__k.some(function(t){return t&&(e.__e=t.__e)}),Pt(e)}function Ct(e){(8&e.__g||(e.__g|=8,oe.push(e),$e++))&&Ze==E.debounceRendering||((Ze=E.debounceRendering)||queueMicrotask)(Ot)}function Ot(){try{for(var e,t=1;oe.length;)oe.length>t&&oe.sort(Tt),e=oe.shift(),t=oe.length,8&e.__g&&Oo(e)}finally{($e=oe.length)&&(Ze||queueMicrotask)(Ot)}}function Mt(e,t,o,r,i,s,a,c,d,p,u){var m,v,l,w,R,f,k=r.__k||Oe,b=t.length;for(d=Mo(o,t,k,d,b),m=0;m<b;m++)(l=o.__k[m])!=null&&(v=~l.__i&&k[l.__i]||Pe,l.__i=m,f=ot(e,l,v,i,s,a,c,d,p,u),w=l.__e,(v.ref!=l.ref||8&v.__u)&&(v.ref&&rt(v.ref,null,l,v),l.ref&&u.push(l.ref,l.__c||w,l)),R=R||w,4&l.__u?(d=Kt(l,d,e,!v.__v),v.__e&&(v.__e=null)):typeof l.type=="function"&&f!==void 0?d=f:w&&(d=w.nextSibling),l.__u&=-21);return o.__e=R,d}function Mo(e,t,o,r,i){var s,a,c,d,p,u,m,v,l,w=o.length,R=w,f=0,k=0,b=e.__k=Array(i);for(s=0;s<i;s++)(a=t[s])!=null&&typeof a!="boolean"&&typeof a!="function"?(typeof a!="object"||a.constructor===String?a=b[s]=Re(null,a):nt(a)?a=b[s]=Re(h,{children:a}):a.constructor===_e&&a.__b?a=b[s]=Re(a.type,a.props,a.key,a.ref,a.__v):b[s]=a,d=s+f,a.__=e,a.__b=e.__b+1,c=null,~(p=a.__i=Ko(a,o,d,R))&&(R--,(c=o[p])&&(c.__u|=2)),c&&c.__v?(a.__u|=16,p==d-1?f--:p==d+1?f++:p!=d&&(p>d?f--:f++,k=1)):(~p||(i>w?f--:i<w&&f++),typeof a.type!="function"&&(a.__u|=4))):b[s]=null;if(k){for(u=[],m=[],s=0;s<i;s++)if((a=b[s])&&16&a.__u){for(f=0,v=u.length;f<v;)u[l=f+v>>1]<a.__i?f=l+1:v=l;u[f]=a.__i,m[s]=f+1}for(f=u.length;s--;)m[s]&&(m[s]==f?f--:b[s].__u|=4)}if(R)for(s=0;s<w;s++)!(c=o[s])||2&c.__u||(c.__e==r&&(r=re(c)),it(c,c));return r}function Kt(e,t,o,r){var i,s,a,c;if(typeof e.type=="function"){if(e.props.__P)return t;if(i=e.__k)for(s=0;s<i.length;s++)i[s]&&(i[s].__=e,t=Kt(i[s],t,o,!1));return t}for(t&&!t.parentNode&&(t=re(e))&&!t.parentNode&&(t=null),a=e.__e,c=t;c&&c.nodeType==8;)c=c.nextSibling;for(a!=c&&(!r&&o.moveBefore&&a.parentNode?o.moveBefore(a,t):o.insertBefore(a,t||null)),t=a;(t=t&&t.nextSibling)&&t.nodeType==8&&!t.data.startsWith("$s"););return t}function Ko(e,t,o,r){var i,s=e.key,a=e.type,c=t[o],d=c&&!(2&c.__u);if(c===null&&s==null||d&&s==c.key&&a==c.type)return o;if(r>(d?1:0)){for(i=o-1;i>=0;i--)if((c=t[i])&&!(2&c.__u)&&s==c.key&&a==c.type)return i;for(i=o+1;i<t.length;i++)if((c=t[i])&&!(2&c.__u)&&s==c.key&&a==c.type)return i}return-1}function Nt(e,t,o){o==null&&(o=""),t[0]=="-"?e.setProperty(t,o):e[t]=o}function Ce(e,t,o,r,i){var s,a;if(t=="style")if(typeof o=="string")e.style.cssText=o;else{if(typeof r=="string"&&(e.style.cssText=r=""),r)for(t in r)o&&t in o||Nt(e.style,t);if(o)for(t in o)r&&o[t]==r[t]||Nt(e.style,t,o[t])}else if(t[0]=="o"&&t[1]=="n")typeof o!="function"&&(o=null),typeof r!="function"&&(r=null),(e.__e||(e.__e={}))[t]=o,o&&r||(a=et[t]||(et[t]=Lo(t)),(e.__a||(e.__a={}))[t]=tt,s=t!=(t=t.replace(Dt,"$1")),(t=t.slice(2))[0]<"a"&&(t=t.toLowerCase()),o?e.addEventListener(t,a,s):e.removeEventListener(t,a,s));else{if(i=="http://www.w3.org/2000/svg")t=t.replace(/xlink(H|:h)/,"h").replace(/sName$/,"s");else if(t!="width"&&t!="height"&&t!="href"&&t!="list"&&t!="form"&&t!="tabIndex"&&t!="download"&&t!="rowSpan"&&t!="colSpan"&&t!="role"&&t!="popover"&&t in e)try{return void(e[t]=o??"")}catch{}if(typeof o=="function")return;o==null||o===!1&&t[4]!="-"?e.removeAttribute(t):e.setAttribute(t,t=="popover"&&o==1?"":o)}}function Lo(e){return function(t){var o=this.__e;if(o){if(o=o[e],t[Ne]==null)t[Ne]=tt++;else if(t[Ne]<this.__a[e])return;return o(E.event?E.event(t):t)}}}function ot(e,t,o,r,i,s,a,c,d,p){var u,m,v,l,w,R,f,k,b,T,C,Xe,xt,Ie,ae,It,ne,ce,Q=t.type;if(t.constructor!==_e)return null;128&o.__u&&(d=32&o.__u,u=o.__c.__z)&&(t.__u|=d,m=s=[],u.nodeType==8?c=De(u,s):s.push(u),c=s[0]||c),(u=E.__b)&&u(t);e:if(typeof Q=="function"){v=a.length;try{if(k=t.props,b=(u=Q.prototype)&&u.render,T=(u=Q.contextType)&&r[u.__c],C=u?T?T.props.value:u.__:r,(l=o.__c)?(t.__c=l,2&l.__g&&(l.__g|=1)):(b?t.__c=l=new Q(k,C):(t.__c=l=new Te(k,C),l.constructor=Q,l.render=jo),T&&T.sub(l),l.state||(l.state={}),l.__n=r,l.__g|=8,l.__h=[],l.__k=[]),b&&(l.__s||(l.__s=l.state),Q.getDerivedStateFromProps&&(l.__s==l.state&&(l.__s=ue({},l.__s)),ue(l.__s,Q.getDerivedStateFromProps(k,l.__s)))),w=l.props,R=l.state,l.__v=t,o.__c){if(k!==w&&b&&!Q.getDerivedStateFromProps&&l.componentWillReceiveProps&&l.componentWillReceiveProps(k,C),t.__v==o.__v&&!(8&l.__g)||!(4&l.__g)&&l.shouldComponentUpdate&&l.shouldComponentUpdate(k,l.__s,C)===!1){t.__v!=o.__v&&(l.props=k,l.state=l.__s,l.__g&=-9),t.__e=o.__e,t.__k=o.__k,t.__k.some(function(B){B&&(B.__=t)}),Oe.push.apply(l.__h,l.__k),l.__k=[],l.__h.length&&a.push(l),c=re(o);break e}l.componentWillUpdate&&l.componentWillUpdate(k,l.__s,C),b&&l.componentDidUpdate&&l.__h.push(function(){l.componentDidUpdate(w,R,f)})}else b&&!Q.getDerivedStateFromProps&&l.componentWillMount&&l.componentWillMount(),b&&l.componentDidMount&&l.__h.push(l.componentDidMount);l.context=C,l.props=k,l.__P=e,l.__g&=-5,Xe=E.__r,xt=b?25:0;do l.__g&=-9,Xe&&Xe(t),u=l.render(l.props,l.state=l.__s,l.context);while(8&l.__g&&++xt<25);b&&(Oe.push.apply(l.__h,l.__k),l.__k=[]),l.state=l.__s,l.getChildContext&&(r=ue({},r,l.getChildContext())),b&&o.__c&&l.getSnapshotBeforeUpdate&&(f=l.getSnapshotBeforeUpdate(w,R)),Ie=u&&u.type===h&&u.key==null?u.props.children:u,k.__P&&(u=c,i=(e=k.__P).namespaceURI,d=s=null,o.props&&o.props.__P!=e&&(o.__k.some(function(B){B&&it(B,B)}),o.__k=null),c=o.__k?re(o,0):null),c=Mt(e,nt(Ie)?Ie:[Ie],t,o,r,i,s,a,c,d,p),k.__P&&(t.__e=null,c=u),t.__u&=-161,m&&m.some(le),l.__h.length&&a.push(l),1&l.__g&&(l.__g&=-4)}catch(B){if(a.length=v,t.__v=null,d||s)if(B&&B.then){if(t.__u|=128|d,s){for(~(ne=s.indexOf(c||void 0))||(ne=s.length);(ce=s[ne-1])&&ce.nodeType==8;)ne--;for(;ne<s.length;ne++)if(ce=s[ne])if(s[ne]=null,ae){if(ce==It)break}else{if(ce.nodeType!=8)break;ce.data.startsWith("$s")&&(It=De(ae=ce))}}if(!ae){for(;c&&c.nodeType==8&&c.nextSibling;)c=c.nextSibling;ae=c}(u=De(ae=t.__c.__z||(t.__c.__z=ae)))?(t.__e=ae,c=u):t.__e=c,c=c&&c.nextSibling}else s&&s.some(le);else t.__e=o.__e;t.__k||(t.__k=o.__k||[]),B&&B.then||Lt(t),E.__e(B,t,o)}}else c=t.__e=Uo(o.__e,t,o,r,i,s,a,d,p,e);return(u=E.diffed)&&u(t),c}function De(e,t){if(e&&e.nodeType==8&&e.data.startsWith("$s"))for(var o=1;e=e.nextSibling;){if(e.nodeType==8){if(e.data.startsWith("$s"))o++;else if(e.data.startsWith("/$s")&&!--o)return e}t&&t.push(e)}}function Lt(e){e&&(e.__c&&(e.__c.__g|=4),e.__k&&e.__k.some(Lt))}function Ut(e,t,o){for(var r=0;r<o.length;)rt(o[r++],o[r++],o[r++]);E.__c&&E.__c(t,e),e.some(function(i){try{e=i.__h,i.__h=[],e.some(function(s){s.call(i)})}catch(s){E.__e(s,i.__v)}})}function Uo(e,t,o,r,i,s,a,c,d,p){var u,m,v,l,w,R,f,k,b=o.props||Pe,T=t.props,C=t.type;if(C=="svg"?i="http://www.w3.org/2000/svg":C=="math"?i="http://www.w3.org/1998/Math/MathML":i||(i="http://www.w3.org/1999/xhtml"),s){for(u=0;u<s.length;u++)if((w=s[u])&&(C?w.localName==C:w.nodeType==3)){e=w,s[u]=null;break}}if(!e){if(k=p.ownerDocument||document,!C)return k.createTextNode(T);e=k.createElementNS(i,C,T.is?T:p),c&&(E.__m&&E.__m(t,s),c=!1),s=null}if(C){if(p=C=="template"&&e.content||e,s=C=="textarea"&&T.defaultValue!=null?null:s&&$t.call(p.childNodes),!c&&s)for(b={},u=0;u<e.attributes.length;u++)b[(w=e.attributes[u]).name]=w.value;for(u in b)w=b[u],u=="dangerouslySetInnerHTML"?v=w:u=="children"||u in T||u=="value"&&"defaultValue"in T||u=="checked"&&"defaultChecked"in T||Ce(e,u,null,w,i);for(u in T)w=T[u],u=="children"?l=w:u=="dangerouslySetInnerHTML"?m=w:u=="value"?R=w:u=="checked"?f=w:c&&typeof w!="function"||b[u]===w||Ce(e,u,w,b[u],i);m?(c||v&&(m.__html==v.__html||m.__html==e.innerHTML)||(e.innerHTML=m.__html),t.__k=[]):(v&&(e.textContent=""),(C=="foreignObject"||i=="http://www.w3.org/1998/Math/MathML"&&Po.test(C))&&(i="http://www.w3.org/1999/xhtml"),Mt(p,nt(l)?l:[l],t,o,r,i,s,a,s?s[0]:o.__k&&re(o,0),c,d),s&&s.some(le)),c&&C!="textarea"||(u="value",C=="progress"&&R==null?e.removeAttribute(u):R==null||R===e[u]&&(C!="progress"||R)||Ce(e,u,R,b[u],i),u="checked",f!=null&&f!=e[u]&&Ce(e,u,f,b[u],i))}else b===T||c&&e.data==T||(e.data=T);return e}function rt(e,t,o,r){try{typeof e=="function"?t?t.__x=e(t)||1:r&&(r=r.__c||r.__e)&&(t=r.__x)&&(r.__x=null,typeof t=="function"?t():e(null)):e.current=t}catch(i){E.__e(i,o)}}function it(e,t,o){var r,i,s,a;if(E.unmount&&E.unmount(e),!(r=e.ref)||r.current&&r.current!=e.__e||rt(r,null,t,e),r=e.__c){if(r.componentWillUnmount)try{r.componentWillUnmount()}catch(c){E.__e(c,t)}r.__P=r.__n=null}if(r=e.__k)for(a=0;a<r.length;a++)r[a]&&it(r[a],t,typeof e.type!="function"||o&&!e.props.__P);!o&&(r=e.__c)&&(r=r.__z)&&(i=De(r,s=[]))&&(r==e.__e&&s.some(le),le(i),le(r)),o||le(e.__e),e.__e=e.__c=e.__=null}function jo(e,t,o){return this.constructor(e,o)}function jt(e,t){var o,r,i,s;E.__&&E.__(e,t),t.nodeType==9&&(t=t.documentElement),r=(o=e&&32&e.__u)?null:t.__k,t.__k=Re(h,{children:[e]}),i=[],s=[],ot(t,t.__k,r||Pe,Pe,t.namespaceURI,r?null:t.firstChild?$t.call(t.childNodes):null,i,r?r.__e:t.firstChild,o,s),Ut(i,t.__k,s),t.__k.props.children=null}E={__e:function(e,t,o,r){for(var i,s,a;t=t.__;)if((i=t.__c)&&!(1&i.__g)){i.__g|=4;try{if((a=(s=i.constructor)&&s.getDerivedStateFromError)&&i.setState(s.getDerivedStateFromError(e)),i.componentDidCatch&&(i.componentDidCatch(e,r||{}),a=1),a&&8&i.__g)return void(i.__g|=2)}catch(c){e=c}}throw $e=0,e}},Rt=0,Do=function(e){return e!=null&&e.constructor===_e},Te.prototype.setState=function(e,t){var o=this.__s;o&&o!=this.state||(o=this.__s=ue({},this.state)),typeof e=="function"&&(e=e(ue({},o),this.props)),e&&(ue(o,e),this.__v&&(t&&this.__k.push(t),Ct(this)))},Te.prototype.forceUpdate=function(e){this.__v&&(this.__g|=4,e&&this.__h.push(e),Ct(this))},Te.prototype.render=h,oe=[],$e=0,Tt=function(e,t){return e.__v.__b-t.__v.__b},Ne=Symbol(),Dt=/(PointerCapture)$|Capture$/i,tt=0,et={},$o=0;var pe,$,st,Bt,at=Object.is,be=0,zt=[],ct=[],D=E,Ht=D.__b,Vt=D.__r,qt=D.diffed,Wt=D.__c,Ft=D.unmount,Jt=D.__;function Me(e,t){D.__h&&D.__h($,e,be||t),be=0;var o=$.__H||($.__H={__:[],__h:[]});return e>=o.__.length&&o.__.push({}),o.__[e]}function y(e){return be=1,Bo(Zt,e)}function Bo(e,t,o){var r=Me(pe++,2);if(r.t=e,!r.__c&&(r.__=[o?o(t):Zt(void 0,t),function(s){var a=(r.__N||r.__)[0],c=r.t(a,s);at(a,c)||(r.__N=[c,r.__[1]],r.__c.setState({}))}],r.__c=$,!$.__f)){$.__f=!0;var i=$.shouldComponentUpdate;$.shouldComponentUpdate=function(s,a,c){var d=this.__H;if(!d)return!0;var p=!1,u=this.props!=s;if(d.__.some(function(v){v.__N&&(p=!0,at(v.__[0],v.__N[0])||(u=!0))}),i){var m=i.call(this,s,a,c);return p?m||u:m}return!p||u}}return r.__}function M(e,t){var o=Me(pe++,3);!D.__s&&Xt(o.__H,t)&&(o.__P=!0,o.__=e,o.u=t,$.__H.__h.push(o))}function H(e){return be=5,Ke(function(){return{current:e}},[])}function Ke(e,t){var o=Me(pe++,7);return Xt(o.__H,t)&&(o.__=e(),o.__H=t),o.__}function Qt(e,t){return be=8,Ke(function(){return e},t)}function X(){var e=Me(pe++,11);if(!e.__){for(var t=$.__v;!t.__m&&t.__;)t=t.__;var o=t.__m||(t.__m=[0,0]);e.__="P"+o[0]+"-"+o[1]++}return e.__}function Ho(){var e;do{for(;e=ct.shift();)try{ve(e)}catch(o){D.__e(o,{__:(e=e.__P)&&e.__v})}for(;e=zt.shift();){var t=e.__H;if(e.__P&&t)try{t.__h.some(ve),t.__h.some(lt),t.__h=[]}catch(o){t.__h=[],D.__e(o,e.__v)}}}while(ct.length)}D.__b=function(e){$=null,Ht&&Ht(e)},D.__=function(e,t){e&&t.__k&&t.__k.__m&&(e.__m=t.__k.__m),Jt&&Jt(e,t)},D.__r=function(e){Vt&&Vt(e),pe=0;var t=($=e.__c).__H;t&&(st==$?$.__h=[]:(t.__h.some(ve),t.__h.some(lt),pe=0),t.__h=[],t.__.some(function(o){o.__N&&(o.__=o.__N),o.u=o.__N=void 0})),st=$},D.diffed=function(e){qt&&qt(e);var t=e.__c;t&&t.__H&&(t.__H.__h.length&&Gt(zt.push(t)),t.__H.__.some(function(o){o.u&&(o.__H=o.u)})),st=$=null},D.__c=function(e,t){t.some(function(o){try{o.__h.some(ve),o.__h=o.__h.filter(function(r){return!r.__||lt(r)})}catch(r){o.__h=[function(){throw r}]}}),Wt&&Wt(e,t)},D.unmount=function(e){Ft&&Ft(e);var t,o,r=e.__c;r&&r.__H&&(r.__H.__.some(function(i){try{if(i.__P&&i.__c){if(o===void 0){for(o=e.__;o&&(!o.__c||!o.__c.__P);)o=o.__;o=o&&o.__c}i.__P=o,Gt(ct.push(i))}else ve(i)}catch(s){t=s}}),r.__H=void 0,t&&D.__e(t,r.__v))};var Yt=typeof requestAnimationFrame=="function";function Vo(e){var t,o=function(){clearTimeout(r),Yt&&cancelAnimationFrame(t),setTimeout(e)},r=setTimeout(o,35);Yt&&(t=requestAnimationFrame(o))}function Gt(e){e!=1&&Bt==D.requestAnimationFrame||((Bt=D.requestAnimationFrame)||Vo)(Ho)}function ve(e){var t=$,o=e.__c;typeof o=="function"&&(e.__c=void 0,o()),$=t}function lt(e){var t=$;e.__c=e.__(),$=t}function Xt(e,t){return!e||e.length!=t.length||t.some(function(o,r){return!at(o,e[r])})}function Zt(e,t){return typeof t=="function"?t(e):t}var V=class extends Error{constructor(o,r,i={}){super(r);this.code=o;this.detail=i}code;detail},me=class extends Error{},ut="Something went wrong at our end. Nothing was lost; please try again.",qo=15e3;async function we(e,t){let o=JSON.stringify(t);try{return await fetch(e,{method:"POST",headers:{"Content-Type":"application/json"},body:o,redirect:"error",signal:AbortSignal.timeout(qo),keepalive:o.length<2e4})}catch(r){throw new me("no answer",{cause:r})}}async function ke(e){try{return await e.json()}catch(t){if(t instanceof SyntaxError)return null;throw new me("half an answer",{cause:t})}}async function dt(e,t){let o=await we(e,t),r=await ke(o);if(o.ok&&r!==null)return r;throw Wo(r)}function Wo(e){let t=e?.error;return new V(t?.code??"internal",t?.message??ut)}function W(e){let t=new Set,o=e;return{get value(){return o},set value(r){if(r!==o){o=r;for(let i of[...t])i()}},listen(r){return t.add(r),()=>{t.delete(r)}}}}function F(e){let[,t]=y(0);return M(()=>(t(o=>o+1),e.listen(()=>t(o=>o+1))),[e]),e.value}var Fo=Symbol.for("pv"),Jo=0;function n(e,t,o,r,i,s){t||(t={});var a,c,d=t;if("ref"in d&&typeof e!="function")for(c in d={},t)c=="ref"?a=t[c]:d[c]=t[c];var p={type:e,props:d,key:o,ref:a,__k:null,__:null,__b:0,__e:null,__c:null,constructor:Fo,__v:--Jo,__i:-1,__u:0};return(i||s)&&(p.__source=i,p.__self=s),E.vnode&&E.vnode(p),p}function _({kind:e,busy:t=!1,label:o,id:r,type:i="button",pressed:s,describedBy:a,onClick:c,children:d}){return n("button",{id:r,type:i,class:e,"aria-label":o,"aria-disabled":t,"aria-pressed":s,"aria-describedby":a,onClick:p=>{t?p.preventDefault():c?.(p)},children:d})}var en=W({text:""}),Yo=6e3;function x(e,t){en.value={text:e,undo:t}}function tn(){let{text:e,undo:t}=F(en);return M(()=>{if(!e||t)return;let o=setTimeout(()=>x(""),Yo);return()=>clearTimeout(o)},[e,t]),n("div",{class:"toast","data-shown":e!=="",children:[n("p",{role:"status",children:e}),t&&n(_,{id:"undo",kind:"plain",onClick:()=>{x(""),t()},children:"Undo"}),t&&n(_,{kind:"plain",label:"Dismiss",onClick:()=>x(""),children:"×"})]})}function Le(e){return Uint8Array.from(atob(e.replaceAll("-","+").replaceAll("_","/")),t=>t.charCodeAt(0))}function fe(e){return btoa(String.fromCharCode(...new Uint8Array(e))).replaceAll("+","-").replaceAll("/","_").replaceAll("=","")}function nn(e){return(e??[]).map(t=>({...t,id:Le(t.id)}))}function on(e){return"parseCreationOptionsFromJSON"in PublicKeyCredential?PublicKeyCredential.parseCreationOptionsFromJSON(e):{...e,challenge:Le(e.challenge),user:{...e.user,id:Le(e.user.id)},excludeCredentials:nn(e.excludeCredentials),extensions:{}}}function rn(e){return"parseRequestOptionsFromJSON"in PublicKeyCredential?PublicKeyCredential.parseRequestOptionsFromJSON(e):{...e,challenge:Le(e.challenge),allowCredentials:nn(e.allowCredentials),extensions:{}}}function sn(e){let t=Go(e)??zo(e);return delete t.clientExtensionResults?.prf,t}function Go(e){try{return e.toJSON()}catch{return null}}function zo(e){let{response:t}=e,o={clientDataJSON:fe(t.clientDataJSON)};if("attestationObject"in t){let r=t;o.attestationObject=fe(r.attestationObject),o.transports=r.getTransports()}else{let r=t;o.authenticatorData=fe(r.authenticatorData),o.signature=fe(r.signature),o.userHandle=r.userHandle?fe(r.userHandle):null}return{id:e.id,rawId:fe(e.rawId),type:e.type,authenticatorAttachment:e.authenticatorAttachment,clientExtensionResults:{},response:o}}function an(){return"PublicKeyCredential"in window&&"credentials"in navigator}async function Ue(e,t,o={}){let{ceremony:r,options:i}=await dt(`/passkeys/${e}`,o);t();let s=await(e==="login"||e==="confirmation"?navigator.credentials.get({publicKey:rn(i)}):navigator.credentials.create({publicKey:on(i)}));return{kind:e,ceremony:r,credential:sn(s)}}function je({kind:e,ceremony:t,credential:o}){return dt(`/passkeys/${e}/finish`,{ceremony:t,credential:o})}var Z=W(null),he=W(""),Ee="",cn=!1;addEventListener("beforeunload",e=>cn&&e.stopImmediatePropagation());function ln(){if(!Z.value){Ee&&(he.value="Your session has ended. Sign in to go on where you were.");let e=()=>{},t=new Promise(o=>e=o);Z.value={opened:t,open:e,before:document.activeElement}}return Z.value.opened}async function un(){await Be(),he.value="";let e=Z.value;Z.value=null,e?.open(),requestAnimationFrame(()=>e?.before instanceof HTMLElement&&e.before.focus())}function dn(e){location.replace("/"+location.pathname.split("/")[1]+"?"+e)}async function Be(){let t=(await ke(await we("/graphql",{query:"query Who{viewer{id}}"})))?.data?.viewer.id??"";Ee&&t&&t!==Ee&&(cn=!0,location.reload(),await new Promise(()=>{})),Ee||=t}var Qo={"?signed-out":"You are signed out.","?deleted":"Your account is gone, and all that was in it."};he.value=Qo[location.search]??"";he.value&&history.replaceState(null,"",location.pathname);document.addEventListener("visibilitychange",()=>{!document.hidden&&Ee&&Be().catch(()=>{})});addEventListener("pageshow",({persisted:e})=>e&&location.reload());var pn=null;function Xo(){return pn??=Zo().finally(()=>{pn=null,x("")})}async function Zo(){await je(await Ue("confirmation",()=>x("Confirm that it’s you with your fingerprint, face or screen lock.")))}async function pt(e){for(let t=!1;;)try{return await e()}catch(o){let r=o instanceof V?o.code:"";if(r.toUpperCase()==="UNAUTHENTICATED")await ln();else if(r==="confirmation_required"&&!t)await pt(Xo),t=!0;else throw o}}async function S(e,t={}){return pt(async()=>{let o=await ke(await we("/graphql",{query:e.text,variables:t})),r=o?.errors?.[0];if(o?.data&&!r)return o.data;let{code:i="INTERNAL",reason:s,...a}=r?.extensions??{};throw s==="confirmation_required"?new V(s,r.message):new V(i,i==="INTERNAL"?ut:r.message,a)})}function g(e){return{text:e}}var Ni=g("query Viewer { viewer { id displayName } }"),Ri=g("query Overview { viewer { passkeys { id } sessions { id } identities { id } recoveryCodesLeft } }"),Ti=g("mutation Rename($name: String!) { renameViewer(displayName: $name) { displayName } }"),Se="fragment N on Note { id title body tags pinned version updatedAt trashedAt tenant { id name } }",Di=g(`query Notes($after: String, $filter: NoteFilter) {
    notes(first: 20, after: $after, filter: $filter, orderBy: PINNED_FIRST) { edges { node { ...N } } pageInfo { hasNextPage endCursor } }
  } ${Se}`),$i=g(`query SitesOfNotes($after: String) {
    notes(first: 100, after: $after, orderBy: CREATED_DESC) { edges { node { tenant { id name } } } pageInfo { hasNextPage endCursor } }
  }`),Pi=g(`query Note($id: ID!) { note(id: $id) { ...N } } ${Se}`),Oi=g(`mutation Update($input: UpdateNoteInput!) { updateNote(input: $input) { note { ...N } } } ${Se}`),Mi=g(`mutation Trash($id: ID!) { trashNote(id: $id) { note { ...N } } } ${Se}`),Ki=g(`mutation Restore($id: ID!) { restoreNote(id: $id) { note { ...N } } } ${Se}`),Li=g("mutation Delete($id: ID!) { deleteNote(id: $id) { id } }"),Ui=g("query Passkeys { viewer { passkeys { id name provider backedUp createdAt lastUsedAt } recoveryCodesLeft } }"),ji=g("mutation RenamePasskey($id: ID!, $name: String!) { renamePasskey(id: $id, name: $name) { id } }"),Bi=g("mutation DeletePasskey($id: ID!) { deletePasskey(id: $id) { id } }"),Hi=g("query Recovery { viewer { recoveryCodesLeft } }"),Vi=g("mutation Regenerate { regenerateRecoveryCodes }"),qi=g("query Sessions { viewer { sessions { id kind tenant { id name } embedOrigin createdAt lastUsedAt expiresAt current } } }"),mn=g("query CurrentSession { viewer { sessions { id current } } }"),fn=g("mutation RevokeSession($id: ID!) { revokeSession(id: $id) { id } }"),Wi=g("mutation RevokeOthers { revokeOtherSessions }"),Fi=g("query Identities { viewer { identities { id tenant { id name } subject email name linkedAt } } }"),Ji=g("mutation Unlink($id: ID!) { unlinkIdentity(id: $id) { id } }"),Yi=g("mutation DeleteAccount { deleteAccount }");async function hn(){let{viewer:e}=await S(mn),t=e.sessions.find(o=>o.current);t&&await S(fn,{id:t.id}),dn("signed-out")}function N(e,t={}){let o=JSON.stringify(t),r=H(0),[i,s]=y({data:null,error:null,loading:!0}),a=Qt(async()=>{let c=++r.current;s(d=>({...d,loading:!0}));try{let d=await S(e,JSON.parse(o));c===r.current&&s({data:d,error:null,loading:!1})}catch(d){c===r.current&&s(p=>({...p,error:d,loading:!1}))}},[e,o]);return M(()=>(a(),()=>{r.current++}),[a]),M(()=>{if(!i.error)return;let c=()=>{a()};return addEventListener("online",c),()=>removeEventListener("online",c)},[i.error,a]),{...i,reload:a}}var gn=W(location.pathname),mt=!1,ft="";function yn(e){return F(gn).slice(e.length).split("/").filter(Boolean).map(decodeURIComponent)}function ge(e,t=""){history.pushState(null,"",e),scrollTo(0,0),_n(t)}function _n(e){mt=!0,ft=e,gn.value=location.pathname}addEventListener("popstate",()=>_n(""));document.addEventListener("click",e=>{if(e.defaultPrevented||e.button!==0||e.metaKey||e.ctrlKey||e.shiftKey||e.altKey)return;let t=e.target.closest("a[href]");if(!t||t.target||t.download||t.origin!==location.origin)return;let o=r=>r.split("/")[1];o(t.pathname)!==o(location.pathname)||t.hash||(e.preventDefault(),t.pathname!==location.pathname&&ge(t.pathname))});function I({text:e,acts:t}){let o=H(null);return M(()=>{mt&&(document.getElementById(ft)??o.current)?.focus({preventScroll:!0})},[]),M(()=>{document.title=e+" – Aside"},[e]),n("div",{class:"bar",children:[n("h1",{ref:o,tabIndex:-1,children:e}),t]})}function G(e){requestAnimationFrame(()=>(e?document.getElementById(e):document.querySelector("main h1"))?.focus())}function He(e){if(e instanceof me)return{message:"Aside can’t be reached. Check your connection, then try again.",way:"retry"};if(e instanceof V)return{message:e.message,way:er[e.code]??"stop"};let t=e instanceof DOMException?e.name:"",o=tr[t];return o&&o.way!=="stop"?o:(console.error(`aside: passkey ceremony at ${location.host}:`,e),o??{message:"Your browser couldn’t finish this. Nothing has changed.",way:"retry"})}var er={ceremony_expired:"retry",passkey_refused:"retry",passkey_unknown:"choose",recovery_refused:"retry",rate_limited:"retry",internal:"retry",unauthenticated:"choose"},tr={NotAllowedError:{message:"The prompt was closed or timed out. If your passkey is on a phone or another device, choose that in the prompt.",way:"retry"},InvalidStateError:{message:"This device already has a passkey here. Sign in with it.",way:"choose"},SecurityError:{message:"Aside is misconfigured here: your browser doesn’t accept passkeys for this address. Please tell the site.",way:"stop"},NotSupportedError:{message:"This device can’t hold the kind of passkey Aside needs. Try again with a phone or another device.",way:"retry"},ConstraintError:{message:"This device has no fingerprint, face or screen lock set up. Set one up, or use another device.",way:"retry"},AbortError:{message:"",way:"silent"}};var ht={busy:!1,trouble:"",field:""};function A(){let[e,t]=y(ht);return{...e,async run(o){if(e.busy)return!1;t({...ht,busy:!0});try{return await o(),t(ht),!0}catch(r){let i=r instanceof V?r.detail.field??"":"";return t({busy:!1,trouble:He(r).message,field:i}),!1}},clear:()=>t(o=>o.trouble?{...o,trouble:"",field:""}:o)}}function P({label:e,value:t,onInput:o,hint:r,error:i="",rows:s=0,type:a="text",code:c=!1,id:d,...p}){let u=X(),m=d??u,v={...p,id:m,value:t,class:c?"code":void 0,dir:"auto",spellcheck:!c,autocapitalize:c?"none":void 0,"aria-invalid":i!=="","aria-describedby":[r&&m+"-hint",i&&m+"-error"].filter(Boolean).join(" ")||void 0};return n("div",{class:"field",children:[n("label",{for:m,children:e}),s>0?n("textarea",{...v,rows:s,onInput:l=>o(l.currentTarget.value)}):n("input",{...v,type:a,onInput:l=>o(l.currentTarget.value)}),r&&n("p",{id:m+"-hint",class:"quiet",children:r}),i&&n("p",{id:m+"-error",class:"trouble",role:"alert",children:i})]})}function U({label:e,value:t,options:o,onChange:r}){let i=X();return n("div",{class:"field",children:[n("label",{for:i,children:e}),n("select",{id:i,value:t,onChange:s=>r(s.currentTarget.value),children:o.map(s=>n("option",{value:s.value,children:s.label},s.value))})]})}var gt=new Intl.RelativeTimeFormat("en",{numeric:"auto"}),nr=new Intl.DateTimeFormat("en",{day:"numeric",month:"short",year:"numeric"}),or=new Intl.DateTimeFormat("en",{dateStyle:"medium",timeStyle:"short"});function J({at:e}){let t=new Date(e);return n("time",{dateTime:e,title:or.format(t),children:rr(t)})}function rr(e){let t=Math.round((e.getTime()-Date.now())/6e4);return t===0?"just now":Math.abs(t)<60?gt.format(t,"minute"):Math.abs(t)<1440?gt.format(Math.round(t/60),"hour"):Math.abs(t)<10080?gt.format(Math.round(t/24/60),"day"):nr.format(e)}function ee({label:e,children:t}){return n("ul",{class:"rows","aria-label":e,children:t})}function ie({title:e,facts:t,acts:o,children:r}){return n("li",{children:[n("div",{class:"row",children:[n("div",{class:"what",children:[n("div",{class:"title",children:e}),t&&n("div",{class:"facts",children:t})]}),o&&n("div",{class:"acts",children:o})]}),r]})}function Ve({caption:e,head:t,children:o}){return n("div",{class:"scroll",role:"region","aria-label":e,tabIndex:0,children:n("table",{children:[n("caption",{class:"unseen",children:e}),n("thead",{children:n("tr",{children:t.map((r,i)=>n("th",{scope:"col",children:r},i))})}),n("tbody",{children:o})]})})}function K({text:e}){return n("p",{role:"alert",class:"trouble",children:e})}function vn({error:e,retry:t}){return n("div",{class:"failed",role:"alert",children:[n("p",{children:He(e).message}),n(_,{onClick:()=>{t()},children:"Try again"})]})}function ir({children:e="One moment…"}){return n("p",{class:"loading quiet",role:"status",children:e})}function q({heading:e,children:t}){return n("div",{class:"empty",children:[n("p",{children:n("strong",{children:e})}),t]})}function O({answer:e,children:t}){let{data:o,error:r,reload:i}=e;return n(h,{children:[r!==null&&n(vn,{error:r,retry:i}),o!==null?t(o):r===null&&n(ir,{})]})}var bn=g("query Console { viewer { id displayName tenants { role tenant { id name suspended } } } }"),wn=g("mutation CreateTenant($name: String!) { createTenant(name: $name) { id } }"),kn=g("mutation AcceptInvitation($token: String!) { acceptInvitation(token: $token) { id name } }"),En=g("query Installation($tenant: ID!) { tenant(id: $tenant) { suspended embedOrigins policy { assertion } assertionKeys { revokedAt } } }"),Sn=g("query Origins($tenant: ID!) { tenant(id: $tenant) { embedOrigins } }"),An=g("mutation AddOrigin($tenant: ID!, $origin: String!) { addEmbedOrigin(tenant: $tenant, origin: $origin) { id } }"),xn=g("mutation RemoveOrigin($tenant: ID!, $origin: String!) { removeEmbedOrigin(tenant: $tenant, origin: $origin) { id } }"),In=g("query AssertionKeys($tenant: ID!) { tenant(id: $tenant) { assertionKeys { id kid algorithm kind createdAt lastUsedAt revokedAt } } }"),yt=g("mutation AddAssertionKey($input: AddAssertionKeyInput!) { addAssertionKey(input: $input) { secret } }"),Cn=g("mutation RevokeAssertionKey($tenant: ID!, $id: ID!) { revokeAssertionKey(tenant: $tenant, id: $id) { id } }"),Nn=g("mutation TestAssertion($tenant: ID!, $assertion: String!) { testAssertion(tenant: $tenant, assertion: $assertion) { ok checks { name ok detail } } }"),Rn=g("query ServerKeys($tenant: ID!) { tenant(id: $tenant) { serverKeys { id name prefix createdAt lastUsedAt } } }"),Tn=g("mutation CreateServerKey($tenant: ID!, $name: String!) { createServerKey(tenant: $tenant, name: $name) { secret } }"),Dn=g("mutation RevokeServerKey($tenant: ID!, $id: ID!) { revokeServerKey(tenant: $tenant, id: $id) { id } }"),$n=g("query Policy($tenant: ID!) { tenant(id: $tenant) { policy { assertion requireNonce vouchedAccounts } } }"),Pn=g("query Branding($tenant: ID!) { tenant(id: $tenant) { name branding { name accent } } }"),qe=g("mutation UpdateTenant($input: UpdateTenantInput!) { updateTenant(input: $input) { id } }"),On=g("query UsageByDay($tenant: ID!, $from: Time!, $to: Time!) { tenant(id: $tenant) { usage(from: $from, to: $to) { period: day activeUsers notes operations } } }"),Mn=g("query UsageByMonth($tenant: ID!, $from: Time!, $to: Time!) { tenant(id: $tenant) { usage: usageByMonth(from: $from, to: $to) { period: month activeUsers notes operations } } }"),_t=g("query AuditLog($tenant: ID!, $first: Int!, $after: String) { tenant(id: $tenant) { auditLog(first: $first, after: $after) { edges { cursor node { at actor action target ip detail } } pageInfo { hasNextPage endCursor } } } }"),We=g("query Members($tenant: ID!) { tenant(id: $tenant) { members { id displayName role } } }"),Kn=g("mutation InviteMember($tenant: ID!, $role: Role!) { inviteMember(tenant: $tenant, role: $role) { url expiresAt } }"),Ln=g("mutation RemoveMember($tenant: ID!, $id: ID!) { removeMember(tenant: $tenant, id: $id) { id } }");function Fe(e,t){let o=t.map(i=>i.map(ar).join(",")+`\r
`).join(""),r=window.document.createElement("a");r.href=URL.createObjectURL(new Blob([o],{type:"text/csv"})),r.download=e,r.click(),URL.revokeObjectURL(r.href)}var sr=/^[=+\-@\t\r]/;function ar(e){if(typeof e=="number")return String(e);let t=sr.test(e)?"'"+e:e;return/[",\r\n]/.test(t)?`"${t.replaceAll('"','""')}"`:t}var cr=50;function jn({tenant:e}){let t=N(_t,{tenant:e,first:cr,after:null}),o=N(We,{tenant:e}),r=new Map(o.data?.tenant.members.map(({id:i,displayName:s})=>[i,s]));return n(h,{children:[n(I,{text:"Audit log"}),n("p",{class:"about",children:"Every change of this tenant, who made it and from where, and each assertion that was refused. Nothing is ever taken out of it."}),n(O,{answer:t,children:({tenant:{auditLog:i}})=>n(lr,{tenant:e,start:i,names:r})})]})}function lr({tenant:e,start:t,names:o}){let r=A(),[i,s]=y([t]),[a,c]=y(""),d=i.flatMap(({edges:f})=>f.map(({cursor:k,node:b})=>({cursor:k,...b}))),{pageInfo:p}=i[i.length-1],u=f=>o.get(f)??f,m=a.trim().toLowerCase(),v=d.filter(f=>!m||Un(f,u).join(" ").toLowerCase().includes(m)),l=async f=>(await S(_t,{tenant:e,first:100,after:f})).tenant.auditLog,w=async()=>{let f=await l(p.endCursor);s(k=>[...k,f])},R=async()=>{let f=[...d];for(let k=p;k.hasNextPage;){let b=await l(k.endCursor);f.push(...b.edges.map(({node:T})=>T)),k=b.pageInfo}Fe(`audit-${e}.csv`,[["at","actor","name","action","target","ip","detail"],...f.map(k=>Un(k,b=>o.get(b)??""))])};return n(h,{children:[n("div",{class:"line",children:[n(P,{label:"Filter",type:"search",value:a,placeholder:"origin, refused, a name, an address",hint:"Looks through what is shown.",onInput:c}),n(_,{busy:r.busy,onClick:()=>{r.run(R)},children:"Save as CSV"})]}),n(K,{text:r.trouble}),n("p",{class:"unseen",role:"status",children:m&&`${v.length} of ${d.length} events`}),v.length===0?n(q,{heading:m?"Nothing here matches.":"Nothing has happened yet."}):n("div",{class:"log",children:n(Ve,{caption:"Audit log",head:["When","Who","What","To what","From"],children:v.map(f=>n("tr",{children:[n("td",{class:"nowrap",children:n(J,{at:f.at})}),n("td",{children:n("bdi",{title:f.actor,children:u(f.actor)})}),n("td",{class:"nowrap",children:n("code",{children:f.action})}),n("td",{children:[f.target&&(o.has(f.target)?n("bdi",{title:f.target,children:u(f.target)}):n("code",{children:f.target}))," ",f.detail&&n("span",{class:"quiet",children:f.detail})]}),n("td",{class:"nowrap",children:f.ip})]},f.cursor))})}),p.hasNextPage&&n("div",{class:"acts more",children:n(_,{busy:r.busy,onClick:()=>{r.run(w)},children:"Show more"})})]})}function Un(e,t){return[e.at,e.actor,t(e.actor),e.action,e.target??"",e.ip??"",e.detail??""]}function L({heading:e,about:t,acts:o,id:r,children:i}){let s=X(),a=r??s;return n("section",{"aria-labelledby":a,children:[n("div",{class:"bar",children:[n("h2",{id:a,tabIndex:-1,children:e}),o]}),t&&n("p",{class:"about",children:t}),i]})}function Bn(e){let t=o=>{let r=parseInt(e.slice(o,o+2),16)/255;return r<=.04045?r/12.92:((r+.055)/1.055)**2.4};return .2126*t(1)+.7152*t(3)+.0722*t(5)}function se(e,t){let[o,r]=[Bn(e),Bn(t)].sort((i,s)=>i-s);return(r+.05)/(o+.05)}function Hn(e){return/^#[0-9a-f]{6}$/i.test(e)}var Vn=`/*
 * Quiet, like paper: the text is the picture. A page may set these (attribute \`variables\`, console branding):
 *
 *   --aside-accent      the one colour: primary button, pinned notes
 *   --aside-background  the paper
 *   --aside-text        the ink
 *   --aside-muted       dates, hints; at least 4.5:1 on the background
 *   --aside-line        hairlines
 *   --aside-radius      corners of buttons and fields
 *   --aside-font        font family
 */
:root {
  color-scheme: light dark;
  --aside-accent: light-dark(#2f5d50, #9cc9b8);
  --aside-background: light-dark(#fff, #17181a);
  --aside-text: light-dark(#1d1f21, #e9e7e3);
  --aside-muted: light-dark(#62666b, #a2a6ab);
  --aside-line: light-dark(#e3e2de, #33363a);
  --aside-radius: 6px;
  --aside-font: system-ui, sans-serif;
  background: var(--aside-background);
  color: var(--aside-text);
  font: 16px/24px var(--aside-font);
}
:root[data-theme="light"] {
  color-scheme: light;
}
:root[data-theme="dark"] {
  color-scheme: dark;
}

* {
  box-sizing: border-box;
  margin: 0;
  font: inherit;
  color: inherit;
}
body {
  container-type: inline-size;
  overflow-wrap: anywhere;
}
main {
  padding: 16px;
}
p {
  margin-block: 8px;
}
.alone main {
  max-width: 880px;
  margin: 0 auto;
  padding-block: 32px;
}
h1,
.title {
  font-size: 20px;
  font-weight: 600;
}
b,
em,
[role]:not(.tags) button,
[aria-pressed="true"] {
  font-weight: 600;
}

button,
input,
textarea {
  background: none;
  border: 0;
  padding: 8px 0;
}
input,
textarea {
  width: 100%;
}
button {
  min-height: 44px;
  border-radius: var(--aside-radius);
  cursor: pointer;
  text-align: start;
  text-decoration: underline var(--aside-line);
  text-underline-offset: 4px;
}
button:hover {
  text-decoration-color: currentColor;
}
[aria-pressed="true"],
[aria-current="true"] b,
.row:hover b {
  text-decoration: underline 2px var(--aside-accent);
}
:focus-visible {
  outline: 2px solid;
  outline-offset: 2px;
}
/* The caret says where; a line under the field says it from afar. */
input:focus,
textarea:focus {
  outline: 0;
  box-shadow: 0 2px var(--aside-text);
}
.primary {
  background: var(--aside-accent);
  /* Black or white, whichever can be read on the tenant's accent: at a luminance of 0.179 both reach 4.58:1. */
  --on: clamp(0, (0.179 - y) * 1e6, 1);
  color: color(from var(--aside-accent) xyz calc(0.95 * var(--on)) var(--on) calc(1.09 * var(--on)));
  padding-inline: 20px;
  margin-block: 8px;
  text-decoration: none;
  font-weight: 600;
}
.primary:hover {
  box-shadow: inset 0 0 0 99px #8883;
}

header,
.bar {
  display: flex;
  flex-wrap: wrap;
  align-items: center;
  gap: 0 20px;
}
header,
[type="search"],
li,
.editor input:last-child {
  border-block-end: 1px solid var(--aside-line);
}
.who {
  flex: 1 1 auto;
}
ul {
  list-style: none;
  padding: 0;
}
.row {
  display: grid;
  justify-items: start; /* of the list, whatever the direction of a text in it */
  width: 100%;
  padding-block: 12px;
  text-decoration: none;
}
.row > b,
.row > span {
  max-width: 100%;
  overflow: hidden;
  white-space: nowrap;
  text-overflow: ellipsis;
}
.row > span,
small,
.hint,
.who,
.state,
.help,
::placeholder {
  color: var(--aside-muted);
  opacity: 1;
}
.row > span,
small,
.hint,
.state,
.tags,
.help {
  font-size: 14px;
}
@media (hover: none) {
  .help {
    display: none;
  }
}
small > * + *::before {
  content: " · ";
}
.hint:empty {
  display: none;
}

textarea {
  display: block;
  min-height: 240px;
  max-height: 640px;
  field-sizing: content;
  resize: vertical;
}
/* A line of its own, so that nothing moves when it says something else. */
.state {
  flex-basis: 100%;
  min-height: 24px;
}
.state button {
  padding-block: 0;
}
/* One thing at a time where it is narrow, list and note side by side where there is room. */
@container (width < 640px) {
  .open .shelf {
    display: none;
  }
}
@container (width >= 640px) {
  .open {
    display: grid;
    grid: auto auto 1fr / minmax(200px, 1fr) minmax(0, 2fr);
    column-gap: 32px;
  }
  header,
  header + div {
    grid-column: 1 / -1;
  }
}
`;function Wn(e){return{light:qn(e,"#ffffff",0),dark:qn(e,"#17181a",255)}}function qn(e,t,o){for(let r=0;;r++){let i="#"+[1,3,5].map(s=>dr(parseInt(e.slice(s,s+2),16),o,r)).join("");if(se(i,t)>=3||r===20)return i}}function dr(e,t,o){return Math.trunc((e*(20-o)+t*o)/20).toString(16).padStart(2,"0")}var Fn=new CSSStyleSheet;Fn.replaceSync(Vn.replace(/:root(\[[^\]]+\])/g,":host($1)").replaceAll(":root",":host").replace(/\b(body|main)\b/g,".$1"));var pr=[["Gift for Mina","The tea with jasmine, 100 g","yesterday"],["Harvest dates","Ask about the first flush in April","3 March"]];function vt({theme:e,name:t,accent:o}){let r=H(null);return M(()=>{let i=r.current.shadowRoot??r.current.attachShadow({mode:"open"});i.adoptedStyleSheets=[Fn],i.replaceChildren(mr(t))},[t]),M(()=>{let{style:i}=r.current;o?i.setProperty("--aside-accent",Wn(o)[e]):i.removeProperty("--aside-accent")},[o,e]),n("div",{ref:r,class:"preview",role:"img","aria-label":`The widget of ${t}, ${e}`,"data-theme":e})}function mr(e){let t=j("ul",...pr.map(([o,r,i],s)=>j("li",fr(j("b",o),j("span",r),j("small",j("span",s?i:"Pinned"),...s?[]:[j("span",i)])))));return j("div.body",j("div.main",j("header",j("h1","Your notes"),j("span.who",`Mina at ${e}`)),j("div.bar",Jn("primary","New note")),j("div.shelf",t)))}var fr=(...e)=>{let t=Jn("row","");return t.append(...e),t};function Jn(e,t){let o=j("button."+e,t);return o.inert=!0,o}function j(e,...t){let[o="",r]=e.split("."),i=document.createElement(o);return r&&(i.className=r),i.append(...t),i}function Yn({tenant:e}){let t=A(),[o,r]=y(""),[i,s]=y(null),a=async()=>s((await S(Nn,{tenant:e,assertion:o.trim()})).testAssertion);return n(L,{heading:"Assertion tester",about:"Paste one that your backend has made. It is checked as a visitor’s would be, and not used up.",children:[n("form",{onSubmit:c=>{c.preventDefault(),t.run(a)},children:[n(P,{label:"Assertion",code:!0,rows:4,value:o,placeholder:"eyJhbGciOi…",error:t.trouble,onInput:c=>{r(c),s(null),t.clear()}}),n("div",{class:"acts more",children:n(_,{type:"submit",busy:t.busy,children:"Test assertion"})})]}),n("div",{role:"status",children:i&&n(h,{children:[n("p",{children:n("strong",{children:i.ok?"It would be accepted now.":"It would be refused."})}),n(Ae,{checks:i.checks})]})})]})}function Ae({checks:e}){return n("ul",{class:"checks",children:e.map(({name:t,ok:o,detail:r})=>n("li",{"data-ok":o,children:[n("strong",{children:[n("span",{class:"unseen",children:o?"Passed: ":"Failed: "}),t]})," ",r]},t))})}function Gn({tenant:e,admin:t,onRename:o}){let r=N(Pn,{tenant:e});return n(h,{children:[n(I,{text:"Branding"}),n("p",{class:"about",children:"What visitors see of you in the widget and in the sign-in window, which always says that it is Aside’s."}),n(O,{answer:r,children:({tenant:{name:i,branding:s}})=>n(hr,{tenant:e,admin:t,now:{name:i,brandName:s.name??"",accent:s.accent??""},reload:async()=>{await Promise.all([r.reload(),o()])}},JSON.stringify([i,s]))})]})}function hr({tenant:e,admin:t,now:o,reload:r}){let i=A(),[s,a]=y(o),c=m=>{a(v=>({...v,...m})),i.clear()},d=async()=>{await S(qe,{input:{tenant:e,...s}}),await r(),x("Saved")},p=m=>i.field===m?i.trouble:"",u=Hn(s.accent)?s.accent:"";return n(h,{children:[n("form",{onSubmit:m=>{m.preventDefault(),i.run(d)},children:[n(P,{label:"Name",value:s.name,maxLength:80,autocomplete:"off",hint:"Of the tenant, here and in commands.",error:p("name"),onInput:m=>c({name:m})}),n(P,{label:"Name for visitors",value:s.brandName,maxLength:80,autocomplete:"off",placeholder:s.name,hint:"Where visitors know you by another one; empty for the name above.",error:p("brandName"),onInput:m=>c({brandName:m})}),n("div",{class:"colour",children:[n(P,{label:"Accent colour",code:!0,value:s.accent,maxLength:7,autocomplete:"off",placeholder:"#2f5d50",hint:"Of the first button and the marks. Empty: the widget’s own green.",error:p("accent"),onInput:m=>c({accent:m.trim()})}),n("input",{type:"color","aria-label":"Choose the accent colour",value:u||"#2f5d50",onInput:m=>c({accent:m.currentTarget.value})})]}),u&&n(gr,{accent:u}),n(K,{text:i.field?"":i.trouble}),t&&n("div",{class:"acts more",children:n(_,{kind:"first",type:"submit",busy:i.busy,children:"Save branding"})})]}),n(L,{heading:"Preview",about:"Drawn with the widget’s own style sheet.",children:n("div",{class:"previews",children:[n(vt,{theme:"light",name:s.brandName||s.name,accent:u}),n(vt,{theme:"dark",name:s.brandName||s.name,accent:u})]})})]})}function gr({accent:e}){let t=se(e,"#ffffff")>=se(e,"#000000")?"#ffffff":"#000000",o=s=>se(e,s),r=s=>s.toFixed(1)+":1",i=(s,a)=>({name:s,ok:!0,detail:o(a)>=3?`Marks stand out at ${r(o(a))}.`:`Marks would have ${r(o(a))}; 3:1 is the least, so the widget uses a ${a==="#ffffff"?"darker":"lighter"} shade of it there.`});return n(Ae,{checks:[{name:"Button text",ok:se(e,t)>=4.5,detail:`${t==="#ffffff"?"White":"Black"} on it has ${r(se(e,t))}; 4.5:1 is the least.`},i("On light paper","#ffffff"),i("On dark paper","#17181a")]})}var{dataset:zn}=window.document.getElementById("app"),Y=zn.frame??"",Je=zn.selfServe==="true";function Xn({reload:e,first:t}){let o=A(),[r,i]=y(""),s=async()=>{let{createTenant:a}=await S(wn,{name:r.trim()});await e(),ge("/console/"+a.id)};return Je?n(h,{children:[n(I,{text:t?"Create a tenant":"New tenant"}),n("p",{class:"about",children:"A tenant is a company that puts the widget on its pages. One serves all its sites. If a colleague has made it already, ask them for an invitation instead."}),n("form",{class:"line",onSubmit:a=>{a.preventDefault(),o.run(s)},children:[n(P,{label:"Name",value:r,placeholder:"Hillside Tea",maxLength:80,autocomplete:"organization",hint:"What visitors see.",error:o.trouble,onInput:a=>{i(a),o.clear()}}),n(_,{kind:"first",type:"submit",busy:o.busy,children:"Create tenant"})]})]}):n(h,{children:[n(I,{text:"No tenant yet"}),n("p",{class:"about",children:"Tenants are made by the operator here. Ask them for one; they send you a link, and what you open with it appears here."})]})}var Qn="#invitation=",Ye=location.hash.startsWith(Qn)?decodeURIComponent(location.hash.slice(Qn.length)):"";Ye&&history.replaceState(null,"",location.pathname);function Zn({reload:e,displayName:t,onDone:o}){let r=A(),i=async()=>{let{acceptInvitation:s}=await S(kn,{token:Ye});await e(),o(),ge("/console/"+s.id)};return n(h,{children:[n(I,{text:"You are invited"}),n("p",{class:"about",children:["Somebody sent you a link to administer their tenant. You accept it as ",n("bdi",{children:t}),", a name that its members see. Your notes have nothing to do with it."]}),n("div",{class:"acts more",children:[n(_,{kind:"first",busy:r.busy,onClick:()=>{r.run(i)},children:"Accept invitation"}),n(_,{onClick:o,children:"Not now"})]}),n(K,{text:r.trouble})]})}function xe({text:e,of:t}){let[o,r]=y(!1),i=async()=>{try{await navigator.clipboard.writeText(e),r(!0),x("Copied"),setTimeout(()=>r(!1),2e3)}catch{x("Your browser doesn’t let this page copy. Mark the text and copy it yourself.")}};return n(_,{kind:"plain",label:"Copy "+t,onClick:()=>{i()},children:o?"Copied":"Copy"})}function te({text:e,of:t}){return n("div",{class:"snippet",children:[n("pre",{role:"region","aria-label":t,tabIndex:0,children:n("code",{children:e})}),n(xe,{text:e,of:t})]})}function de({text:e,of:t}){return n("span",{class:"value",children:[n("code",{children:e}),n(xe,{text:e,of:t})]})}function ye({text:e,of:t,children:o}){return n("div",{class:"secret",role:"status",children:[n("p",{children:n("strong",{children:"Copy it now. It is not shown again."})}),n(de,{text:e,of:t}),o]})}async function to(e,t){let o=_r(e),r=[],i=(a,c,d,p)=>r.push({name:a,ok:c,detail:c?d:p});if(i("Address",o!=="",`Its origin is ${o}.`,"Write the whole address of the page, as it is in the address bar: https://www.your.example/article."),!o)return r;let s=t.embedOrigins.find(a=>eo(a).replace(/^www\./,"")===eo(o).replace(/^www\./,""));return i("Embed origin",t.embedOrigins.includes(o),"It is listed: its pages may show the widget.",`It is not listed: add ${o} under Embed origins.${s?` Listed is ${s}, which browsers take for another site.`:""}`),i("Tenant",!t.suspended,"It is not suspended.","It is suspended: the widget refuses everybody. Ask the operator."),i("Loader",await yr(),`${Y}/v1/aside.js answers.`,`${Y}/v1/aside.js does not answer from here. Check that this computer reaches it.`),i("Assertions",t.policy.assertion!=="REQUIRED"||t.assertionKeys.some(a=>!a.revokedAt),t.policy.assertion==="REQUIRED"?"They are required, and a key verifies them.":"Visitors can sign in without one.","The policy requires them and no key is live: nobody can sign in. Add a key, or make them optional."),r}async function yr(){try{return(await fetch(Y+"/v1/aside.js",{signal:AbortSignal.timeout(1e4)})).ok}catch{return!1}}function _r(e){try{let{origin:t,protocol:o}=new URL(e);return/^https?:$/.test(o)?t:""}catch{return""}}var eo=e=>new URL(e).host;function bt(e){return[{name:"HTML",about:"Wherever the notes should be. The element takes the width it is given and finds its own height.",parts:[{of:"HTML",text:`<script src="${Y}/v1/aside.js" async><\/script>
<aside-notes tenant="${e}"></aside-notes>`}]},{name:"npm",about:"For a bundler. No package is needed: the loader stays at its address, so that it is always the current one.",parts:[{of:"aside.js",text:`// aside.js: call it where the notes should be, as often as you like.
export function asideNotes(tenant = "${e}") {
  const src = "${Y}/v1/aside.js";
  if (!document.querySelector(\`script[src="\${src}"]\`)) {
    document.head.append(Object.assign(document.createElement("script"), { src, async: true }));
  }
  const element = document.createElement("aside-notes");
  element.setAttribute("tenant", tenant);
  return element;
}`},{of:"its use",text:`import { asideNotes } from "./aside.js";

document.querySelector("#notes").append(asideNotes());`}]},{name:"React",about:"A component of your own. It renders on a server as an empty element, and becomes the widget in the browser.",parts:[{of:"AsideNotes.jsx",text:`// AsideNotes.jsx
import { useEffect, useRef } from "react";

export function AsideNotes({ tenant = "${e}", assertion, ...attributes }) {
  const element = useRef(null);
  useEffect(() => {
    const src = "${Y}/v1/aside.js";
    if (!document.querySelector(\`script[src="\${src}"]\`)) {
      document.head.append(Object.assign(document.createElement("script"), { src, async: true }));
    }
  }, []);
  useEffect(() => {
    if (element.current && assertion) element.current.assertion = assertion; // async ({ nonce }) => jwt
  }, [assertion]);
  return <aside-notes ref={element} tenant={tenant} {...attributes} />;
}`},{of:"its use",text:'<AsideNotes theme="auto" />'}]}]}function no({tenant:e}){let t=N(En,{tenant:e}),[o,r]=y("HTML"),i=bt(e).find(({name:s})=>s===o);return n(h,{children:[n(I,{text:"Install"}),n(O,{answer:t,children:({tenant:s})=>n(vr,{tenant:e,now:s})}),n(L,{heading:"The snippet",about:i.about,children:[n(U,{label:"For",value:o,options:bt(e).map(({name:s})=>({value:s,label:s})),onChange:r}),i.parts.map(({of:s,text:a})=>n(te,{of:s,text:a},s))]}),n(L,{heading:"Your Content-Security-Policy",about:"Add these where your pages send one. Nothing else of ours is loaded.",children:n(te,{of:"policy",text:`script-src ${Y};
frame-src ${Y};`})}),n(L,{heading:"Check my installation",about:"Where does the snippet stand? The address of one page is enough.",children:t.data&&n(br,{now:t.data.tenant})})]})}function vr({tenant:e,now:t}){let o=`/console/${e}`;return n(h,{children:[t.suspended&&n("p",{class:"offline",role:"status",children:[n("strong",{children:"This tenant is suspended."})," Its widget refuses everybody until the operator resumes it. Visitors still open their notes at ",n("a",{href:"/account",children:"/account"}),"."]}),n("ol",{class:"steps",children:[n("li",{"data-done":t.embedOrigins.length>0,children:[n("a",{href:`${o}/origins`,children:"List the origins of your site"}),n("span",{class:"quiet",children:t.embedOrigins.length===0?"None yet: no page can show the widget.":`${t.embedOrigins.length} listed`})]}),n("li",{children:["Paste the snippet below",n("span",{class:"quiet",children:"Visitors write notes with a passkey from then on."})]}),n("li",{"data-done":t.assertionKeys.some(r=>!r.revokedAt),children:[n("a",{href:`${o}/keys`,children:"Say who is logged in"}),n("span",{class:"quiet",children:"Optional: your backend signs who its visitor is, and they can link that to their notes."})]})]}),n("p",{class:"quiet",children:["Tenant key ",n(de,{text:e,of:"tenant key"})]})]})}function br({now:e}){let t=A(),[o,r]=y(e.embedOrigins[0]??""),[i,s]=y(null);return n(h,{children:[n("form",{class:"line",onSubmit:a=>{a.preventDefault(),t.run(async()=>s(await to(o.trim(),e)))},children:[n(P,{label:"Address of a page",code:!0,value:o,placeholder:"https://www.your.example/article",autocomplete:"off",onInput:a=>{r(a),s(null)}}),n(_,{type:"submit",busy:t.busy,children:"Check"})]}),n("div",{role:"status",children:i&&n(Ae,{checks:i})})]})}function wr({heading:e,onClose:t,children:o}){let r=X(),i=H(null),s=F(Z)!==null;return M(()=>{let a=i.current;if(s)return;let c=document.activeElement;return a.showModal(),()=>{a.close(),c?.isConnected&&c.focus()}},[s]),n("dialog",{ref:i,"aria-labelledby":r,onCancel:a=>{a.preventDefault(),t()},children:[n("h2",{id:r,children:e}),o]})}var wt=W(null);function z(e){return new Promise(t=>{wt.value={...e,answer(o){wt.value=null,t(o)}}})}function oo(){let e=F(wt);return e?n(wr,{heading:e.heading,onClose:()=>e.answer(!1),children:[n("p",{children:e.text}),n("div",{class:"acts",children:[n(_,{onClick:()=>e.answer(!1),children:"Cancel"}),n(_,{kind:"danger",onClick:()=>e.answer(!0),children:e.act})]})]}):null}var ro=`// Command hs256 says who your visitor is, signed with a secret that you share with Aside. Standard library only.
package main

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"time"
)

// A visitor is who is logged in at your site.
type visitor struct {
	ID    string // your own id: it never changes and is never given to somebody else
	Email string
	Name  string
}

type claims struct {
	Issuer    string \`json:"iss"\`
	Audience  string \`json:"aud"\`
	Subject   string \`json:"sub"\`
	IssuedAt  int64  \`json:"iat"\`
	ExpiresAt int64  \`json:"exp"\`
	ID        string \`json:"jti"\`
	Nonce     string \`json:"nonce,omitempty"\`
	Email     string \`json:"email,omitempty"\`
	Name      string \`json:"name,omitempty"\`
}

// assertion makes an assertion. Call it in an endpoint of your own, for the visitor of your own session; nonce is what
// the page was given.
func assertion(v visitor, nonce string) (string, error) {
	secret := os.Getenv("ASIDE_SECRET")
	if secret == "" {
		return "", errors.New("ASIDE_SECRET is not set")
	}
	now := time.Now()
	payload, err := json.Marshal(claims{
		Issuer: os.Getenv("ASIDE_TENANT"), Audience: os.Getenv("ASIDE_ORIGIN"), Subject: v.ID,
		IssuedAt: now.Unix(), ExpiresAt: now.Add(2 * time.Minute).Unix(), ID: rand.Text(),
		Nonce: nonce, Email: v.Email, Name: v.Name,
	})
	if err != nil {
		return "", err
	}
	encode := base64.RawURLEncoding.EncodeToString
	signed := encode([]byte(\`{"alg":"HS256","typ":"JWT"}\`)) + "." + encode(payload)
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(signed))
	return signed + "." + encode(mac.Sum(nil)), nil
}

// To try it: go run . customer-17 joe@shop.example "Joe Miller"
func main() {
	args := append(os.Args[1:], "", "", "", "")
	jwt, err := assertion(visitor{ID: args[0], Email: args[1], Name: args[2]}, args[3])
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Println(jwt)
}
`;var io=`// Command es256 says who your visitor is, signed with a private key that never leaves you. It uses lestrrat-go/jwx.
package main

import (
	"crypto/rand"
	"fmt"
	"os"
	"time"

	"github.com/lestrrat-go/jwx/v3/jwa"
	"github.com/lestrrat-go/jwx/v3/jwk"
	"github.com/lestrrat-go/jwx/v3/jwt"
)

// A visitor is who is logged in at your site.
type visitor struct {
	ID    string // your own id: it never changes and is never given to somebody else
	Email string
	Name  string
}

// assertion makes an assertion. Call it in an endpoint of your own, for the visitor of your own session; nonce is what
// the page was given.
func assertion(v visitor, nonce string) ([]byte, error) {
	key, err := jwk.ParseKey([]byte(os.Getenv("ASIDE_PRIVATE_KEY")), jwk.WithPEM(true)) // P-256
	if err != nil {
		return nil, err
	}
	if err := key.Set(jwk.KeyIDKey, os.Getenv("ASIDE_KEY_ID")); err != nil {
		return nil, err
	}
	now := time.Now()
	claims := jwt.NewBuilder().
		Issuer(os.Getenv("ASIDE_TENANT")).Audience([]string{os.Getenv("ASIDE_ORIGIN")}).Subject(v.ID).
		IssuedAt(now).Expiration(now.Add(2 * time.Minute)).JwtID(rand.Text())
	for name, value := range map[string]string{"nonce": nonce, "email": v.Email, "name": v.Name} {
		if value != "" {
			claims.Claim(name, value)
		}
	}
	token, err := claims.Build()
	if err != nil {
		return nil, err
	}
	return jwt.Sign(token, jwt.WithKey(jwa.ES256(), key))
}

// To try it: go run . customer-17 joe@shop.example "Joe Miller"
func main() {
	args := append(os.Args[1:], "", "", "", "")
	signed, err := assertion(visitor{ID: args[0], Email: args[1], Name: args[2]}, args[3])
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Printf("%s\\n", signed)
}
`;var so=`// Says who your visitor is, signed with a secret that you share with Aside. Node 18 or later, no packages.
import { createHmac, randomUUID } from "node:crypto";

const { ASIDE_TENANT, ASIDE_ORIGIN, ASIDE_SECRET } = process.env;

/**
 * Makes an assertion. Call it in an endpoint of your own, for the visitor of your own session.
 * @param {{id: string, email?: string, name?: string}} visitor id never changes and is never given to somebody else
 * @param {string} [nonce] what the page was given
 */
export function assertion({ id, email, name }, nonce) {
  if (!ASIDE_SECRET || !ASIDE_TENANT || !ASIDE_ORIGIN) throw new Error("ASIDE_TENANT, ASIDE_ORIGIN and ASIDE_SECRET must be set");
  const now = Math.floor(Date.now() / 1000);
  const claims = { iss: ASIDE_TENANT, aud: ASIDE_ORIGIN, sub: id, iat: now, exp: now + 120, jti: randomUUID(), nonce, email, name };
  const encode = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const input = encode({ alg: "HS256", typ: "JWT" }) + "." + encode(claims); // what is undefined is left out
  return input + "." + createHmac("sha256", ASIDE_SECRET).update(input).digest("base64url");
}

// To try it: node hs256.mjs customer-17 joe@shop.example "Joe Miller"
const [id, email, name, nonce] = process.argv.slice(2);
if (id) console.log(assertion({ id, email, name }, nonce));
`;var ao=`// Says who your visitor is, signed with a private key that never leaves you. Node 18 or later, no packages.
import { randomUUID, sign } from "node:crypto";

const { ASIDE_TENANT, ASIDE_ORIGIN, ASIDE_KEY_ID, ASIDE_PRIVATE_KEY } = process.env; // the last: PEM, P-256

/**
 * Makes an assertion. Call it in an endpoint of your own, for the visitor of your own session.
 * @param {{id: string, email?: string, name?: string}} visitor id never changes and is never given to somebody else
 * @param {string} [nonce] what the page was given
 */
export function assertion({ id, email, name }, nonce) {
  if (!ASIDE_TENANT || !ASIDE_ORIGIN) throw new Error("ASIDE_TENANT and ASIDE_ORIGIN must be set");
  const now = Math.floor(Date.now() / 1000);
  const claims = { iss: ASIDE_TENANT, aud: ASIDE_ORIGIN, sub: id, iat: now, exp: now + 120, jti: randomUUID(), nonce, email, name };
  const encode = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const input = encode({ alg: "ES256", typ: "JWT", kid: ASIDE_KEY_ID }) + "." + encode(claims); // what is undefined is left out
  // Without dsaEncoding the signature would be DER, which is not what a JWT has.
  return input + "." + sign("sha256", Buffer.from(input), { key: ASIDE_PRIVATE_KEY, dsaEncoding: "ieee-p1363" }).toString("base64url");
}

// To try it: node es256.mjs customer-17 joe@shop.example "Joe Miller"
const [id, email, name, nonce] = process.argv.slice(2);
if (id) console.log(assertion({ id, email, name }, nonce));
`;var co=`<?php
// Says who your visitor is, signed with a secret that you share with Aside. PHP 8 or later, no packages.

/**
 * Makes an assertion. Call it in an endpoint of your own, for the visitor of your own session.
 *
 * @param string $subject your id for the visitor: it never changes and is never given to somebody else
 * @param ?string $nonce what the page was given
 */
function aside_assertion(string $subject, ?string $email = null, ?string $name = null, ?string $nonce = null): string
{
    $secret = getenv('ASIDE_SECRET') ?: throw new RuntimeException('ASIDE_SECRET is not set');
    $now = time();
    $claims = array_filter([
        'iss' => getenv('ASIDE_TENANT'), 'aud' => getenv('ASIDE_ORIGIN'), 'sub' => $subject,
        'iat' => $now, 'exp' => $now + 120, 'jti' => bin2hex(random_bytes(16)),
        'nonce' => $nonce, 'email' => $email, 'name' => $name,
    ], fn ($value) => $value !== null);
    $encode = fn (string $octets) => rtrim(strtr(base64_encode($octets), '+/', '-_'), '=');
    $signed = $encode(json_encode(['alg' => 'HS256', 'typ' => 'JWT'])) . '.' . $encode(json_encode($claims, JSON_THROW_ON_ERROR));
    return $signed . '.' . $encode(hash_hmac('sha256', $signed, $secret, true));
}

// To try it: php hs256.php customer-17 joe@shop.example "Joe Miller"
if (PHP_SAPI === 'cli' && realpath($argv[0]) === __FILE__) {
    echo aside_assertion(...array_slice($argv, 1)), "\\n";
}
`;var lo=`<?php
// Says who your visitor is, signed with a private key that never leaves you. PHP 8 or later, no packages.
// RS256: PHP's OpenSSL signs it as a JWT has it, where for ES256 it would need a library.

/**
 * Makes an assertion. Call it in an endpoint of your own, for the visitor of your own session.
 *
 * @param string $subject your id for the visitor: it never changes and is never given to somebody else
 * @param ?string $nonce what the page was given
 */
function aside_assertion(string $subject, ?string $email = null, ?string $name = null, ?string $nonce = null): string
{
    $now = time();
    $claims = array_filter([
        'iss' => getenv('ASIDE_TENANT'), 'aud' => getenv('ASIDE_ORIGIN'), 'sub' => $subject,
        'iat' => $now, 'exp' => $now + 120, 'jti' => bin2hex(random_bytes(16)),
        'nonce' => $nonce, 'email' => $email, 'name' => $name,
    ], fn ($value) => $value !== null);
    $header = ['alg' => 'RS256', 'typ' => 'JWT', 'kid' => getenv('ASIDE_KEY_ID')];
    $encode = fn (string $octets) => rtrim(strtr(base64_encode($octets), '+/', '-_'), '=');
    $signed = $encode(json_encode($header)) . '.' . $encode(json_encode($claims, JSON_THROW_ON_ERROR));
    $key = openssl_pkey_get_private(getenv('ASIDE_PRIVATE_KEY')); // PEM, RSA of 2048 bits or more
    if (!$key || !openssl_sign($signed, $signature, $key, OPENSSL_ALGO_SHA256)) {
        throw new RuntimeException('ASIDE_PRIVATE_KEY does not sign: ' . openssl_error_string());
    }
    return $signed . '.' . $encode($signature);
}

// To try it: php rs256.php customer-17 joe@shop.example "Joe Miller"
if (PHP_SAPI === 'cli' && realpath($argv[0]) === __FILE__) {
    echo aside_assertion(...array_slice($argv, 1)), "\\n";
}
`;var uo=`"""Says who your visitor is, signed with a secret that you share with Aside. Python 3.8 or later, no packages."""

import base64
import hashlib
import hmac
import json
import os
import sys
import time
import uuid


def assertion(subject, email=None, name=None, nonce=None):
    """Make an assertion. Call it in an endpoint of your own, for the visitor of your own session.

    subject is your id for the visitor: it never changes and is never given to somebody else.
    nonce is what the page was given.
    """
    now = int(time.time())
    claims = {
        "iss": os.environ["ASIDE_TENANT"],
        "aud": os.environ["ASIDE_ORIGIN"],
        "sub": subject,
        "iat": now,
        "exp": now + 120,
        "jti": str(uuid.uuid4()),
        "nonce": nonce,
        "email": email,
        "name": name,
    }
    claims = {claim: value for claim, value in claims.items() if value}
    signed = encode({"alg": "HS256", "typ": "JWT"}) + "." + encode(claims)
    signature = hmac.digest(os.environ["ASIDE_SECRET"].encode(), signed.encode(), hashlib.sha256)
    return signed + "." + base64url(signature)


def encode(value):
    return base64url(json.dumps(value).encode())


def base64url(octets):
    return base64.urlsafe_b64encode(octets).rstrip(b"=").decode()


if __name__ == "__main__":  # to try it: python3 hs256.py customer-17 joe@shop.example "Joe Miller"
    print(assertion(*sys.argv[1:]))
`;var po=`"""Says who your visitor is, signed with a private key that never leaves you. Needs PyJWT and cryptography."""

import os
import sys
import time
import uuid

import jwt


def assertion(subject, email=None, name=None, nonce=None):
    """Make an assertion. Call it in an endpoint of your own, for the visitor of your own session.

    subject is your id for the visitor: it never changes and is never given to somebody else.
    nonce is what the page was given.
    """
    now = int(time.time())
    claims = {
        "iss": os.environ["ASIDE_TENANT"],
        "aud": os.environ["ASIDE_ORIGIN"],
        "sub": subject,
        "iat": now,
        "exp": now + 120,
        "jti": str(uuid.uuid4()),
        "nonce": nonce,
        "email": email,
        "name": name,
    }
    claims = {claim: value for claim, value in claims.items() if value}
    key = os.environ["ASIDE_PRIVATE_KEY"]  # PEM, P-256
    return jwt.encode(claims, key, algorithm="ES256", headers={"kid": os.environ["ASIDE_KEY_ID"]})


if __name__ == "__main__":  # to try it: python3 es256.py customer-17 joe@shop.example "Joe Miller"
    print(assertion(*sys.argv[1:]))
`;var mo=`# Says who your visitor is, signed with a secret that you share with Aside. Ruby 2.7 or later, no gems.
require "json"
require "openssl"
require "securerandom"

# Makes an assertion. Call it in an endpoint of your own, for the visitor of your own session.
# subject is your id for the visitor: it never changes and is never given to somebody else.
# nonce is what the page was given.
def aside_assertion(subject, email: nil, name: nil, nonce: nil)
  now = Time.now.to_i
  claims = {
    iss: ENV.fetch("ASIDE_TENANT"), aud: ENV.fetch("ASIDE_ORIGIN"), sub: subject,
    iat: now, exp: now + 120, jti: SecureRandom.uuid, nonce: nonce, email: email, name: name
  }.compact
  encode = ->(octets) { [octets].pack("m0").tr("+/", "-_").delete("=") }
  signed = [{ alg: "HS256", typ: "JWT" }, claims].map { |part| encode[part.to_json] }.join(".")
  "#{signed}.#{encode[OpenSSL::HMAC.digest("SHA256", ENV.fetch("ASIDE_SECRET"), signed)]}"
end

# To try it: ruby hs256.rb customer-17 joe@shop.example "Joe Miller"
if $PROGRAM_NAME == __FILE__
  subject, email, name, nonce = ARGV
  puts aside_assertion(subject, email: email, name: name, nonce: nonce)
end
`;var fo=`# Says who your visitor is, signed with a private key that never leaves you. Ruby 2.7 or later, no gems.
require "json"
require "openssl"
require "securerandom"

# Makes an assertion. Call it in an endpoint of your own, for the visitor of your own session.
# subject is your id for the visitor: it never changes and is never given to somebody else.
# nonce is what the page was given.
def aside_assertion(subject, email: nil, name: nil, nonce: nil)
  now = Time.now.to_i
  claims = {
    iss: ENV.fetch("ASIDE_TENANT"), aud: ENV.fetch("ASIDE_ORIGIN"), sub: subject,
    iat: now, exp: now + 120, jti: SecureRandom.uuid, nonce: nonce, email: email, name: name
  }.compact
  encode = ->(octets) { [octets].pack("m0").tr("+/", "-_").delete("=") }
  header = { alg: "ES256", typ: "JWT", kid: ENV.fetch("ASIDE_KEY_ID") }
  signed = [header, claims].map { |part| encode[part.to_json] }.join(".")
  der = OpenSSL::PKey.read(ENV.fetch("ASIDE_PRIVATE_KEY")).sign("SHA256", signed) # PEM, P-256
  # OpenSSL's signature is DER; a JWT has its two numbers of 32 octets, one after the other.
  signature = OpenSSL::ASN1.decode(der).value.map { |number| number.value.to_s(2).rjust(32, "\\0") }.join
  "#{signed}.#{encode[signature]}"
end

# To try it: ruby es256.rb customer-17 joe@shop.example "Joe Miller"
if $PROGRAM_NAME == __FILE__
  subject, email, name, nonce = ARGV
  puts aside_assertion(subject, email: email, name: name, nonce: nonce)
end
`;var Ge=[{name:"Node",text:{secret:so,key:ao}},{name:"PHP",text:{secret:co,key:lo}},{name:"Python",text:{secret:uo,key:po}},{name:"Ruby",text:{secret:mo,key:fo}},{name:"Go",text:{secret:ro,key:io}}];function ho(e,t,o,r){let i=[`ASIDE_TENANT=${t}`,`ASIDE_ORIGIN=${location.origin}`];return e==="secret"?i.push(`ASIDE_SECRET=${o||"the secret that was shown to you once"}`):i.push(`ASIDE_KEY_ID=${r||"the kid of your public key"}`,"ASIDE_PRIVATE_KEY=your private key, as PEM"),i.join(`
`)}var go={SHARED_SECRET:"Shared secret",PUBLIC_JWK:"Public key",JWKS_URL:"Key set"};function _o({tenant:e,admin:t}){let o=N(In,{tenant:e}),[r,i]=y("");return n(h,{children:[n(I,{text:"Assertion keys"}),n("p",{class:"about",children:"Your backend signs who its visitor is; these keys verify it. Visitors without an assertion simply sign in."}),r&&n(ye,{text:r,of:"shared secret",children:n("p",{children:"Give it to your backend as ASIDE_SECRET. It is filled in below as long as you stay on this page."})}),n(O,{answer:o,children:({tenant:{assertionKeys:s}})=>{let a=s.filter(c=>!c.revokedAt);return n(h,{children:[a.length===0?n(q,{heading:"No key verifies assertions yet.",children:n("p",{children:"The quickest way: make a shared secret here and put it into your backend. It is one button and one line of configuration."})}):n(ee,{label:"Live keys",children:a.map(c=>n(yo,{tenant:e,admin:t,of:c,reload:o.reload,onSecret:i},c.id))}),t&&n(Dr,{tenant:e,reload:o.reload,onSecret:i}),n($r,{tenant:e,secret:r,keys:a}),n(Yn,{tenant:e}),a.length<s.length&&n(L,{heading:"Revoked keys",children:n(ee,{label:"Revoked keys",children:s.filter(c=>c.revokedAt).map(c=>n(yo,{tenant:e,admin:!1,of:c,reload:o.reload,onSecret:i},c.id))})})]})}})]})}function yo({tenant:e,admin:t,of:o,reload:r,onSecret:i}){let s=A(),a=[go[o.kind],o.kid].filter(Boolean).join(" "),c=async()=>{await z({heading:`Revoke ${a}?`,text:"What it has signed is refused from now on. Be sure that your backend signs with another one.",act:"Revoke"})&&(await S(Cn,{tenant:e,id:o.id}),await r(),x(`${a} is revoked`),G())},d=async()=>{let{addAssertionKey:p}=await S(yt,{input:{tenant:e,kind:"SHARED_SECRET"}});i(p.secret??""),await r(),x("Both secrets are accepted. Put the new one in place, then revoke the old one."),G()};return n(ie,{title:n(h,{children:[go[o.kind]," ",o.algorithm&&n("span",{class:"mark",children:o.algorithm})]}),facts:n(h,{children:[o.kid&&n("span",{children:["kid ",n("code",{children:o.kid})]}),n("span",{children:["Added ",n(J,{at:o.createdAt})]}),n("span",{children:o.lastUsedAt?n(h,{children:["Last used ",n(J,{at:o.lastUsedAt})]}):"Never used"}),o.revokedAt&&n("span",{children:["Revoked ",n(J,{at:o.revokedAt})]})]}),acts:t&&n(h,{children:[o.kind==="SHARED_SECRET"&&n(_,{label:`Rotate ${a}`,busy:s.busy,onClick:()=>{s.run(d)},children:"Rotate"}),n(_,{label:`Revoke ${a}`,busy:s.busy,onClick:()=>{s.run(c)},children:"Revoke"})]}),children:n(K,{text:s.trouble})})}function Dr({tenant:e,reload:t,onSecret:o}){let r=A(),[i,s]=y("SHARED_SECRET"),[a,c]=y(""),d=async()=>{let u=a.trim(),m=i==="PUBLIC_JWK"?{publicJwk:u}:i==="JWKS_URL"?{jwksUrl:u}:u?{sharedSecret:u}:{},{addAssertionKey:v}=await S(yt,{input:{tenant:e,kind:i,...m}});c(""),o(v.secret??""),await t(),x("Added"),v.secret&&G()},p={value:a,error:r.trouble,autocomplete:"off",onInput:u=>{c(u),r.clear()}};return n(L,{heading:"Add a key",children:n("form",{onSubmit:u=>{u.preventDefault(),r.run(d)},children:[n(U,{label:"Kind",value:i,options:[{value:"SHARED_SECRET",label:"Shared secret: HS256, the quickest"},{value:"PUBLIC_JWK",label:"Public key: ES256, EdDSA, RS256 or PS256"},{value:"JWKS_URL",label:"Key set: an address of your own, rotated there"}],onChange:u=>{s(u),c(""),r.clear()}}),i==="SHARED_SECRET"&&n(P,{label:"Secret",code:!0,hint:"Leave it empty and one is made for you. Two may live at once, so that one replaces the other without a gap.",...p}),i==="PUBLIC_JWK"&&n(P,{label:"Public key as JWK",code:!0,rows:6,hint:"JSON with its alg and best a kid. The private key never leaves you.",...p}),i==="JWKS_URL"&&n(P,{label:"Address of the key set",code:!0,placeholder:"https://www.your.example/.well-known/jwks.json",hint:"https, on a public address, at most 20 keys.",...p}),n("div",{class:"acts more",children:n(_,{kind:"first",type:"submit",busy:r.busy,children:i==="SHARED_SECRET"&&!a?"Make a shared secret":"Add key"})})]})})}function $r({tenant:e,secret:t,keys:o}){let r=o[0],[i,s]=y(null),[a,c]=y("Node"),d=i??(r&&r.kind!=="SHARED_SECRET"?"key":"secret"),p=Ge.find(({name:m})=>m===a)??Ge[0],u=o.find(m=>m.kind!=="SHARED_SECRET"&&m.kid)?.kid??"";return n(L,{heading:"Sign in your backend",about:"Ready to copy. Call it in an endpoint of your own, for the visitor of your own session.",children:[n("div",{class:"pair",children:[n(U,{label:"Language",value:a,options:Ge.map(({name:m})=>({value:m,label:m})),onChange:c}),n(U,{label:"Signed with",value:d,options:[{value:"secret",label:"A shared secret"},{value:"key",label:"A private key"}],onChange:m=>s(m)})]}),n("p",{class:"quiet",children:"Environment"}),n(te,{of:"environment",text:ho(d,e,t,u)}),n("p",{class:"quiet",children:a}),n(te,{of:`${a} code`,text:p.text[d]}),n("p",{class:"quiet",children:"On your page"}),n(te,{of:"page script",text:`document.querySelector("aside-notes").assertion = async ({ nonce }) =>
  (await fetch("/aside-assertion?nonce=" + encodeURIComponent(nonce))).text();`}),n("dl",{class:"values",children:[n("dt",{children:"iss, the issuer"}),n("dd",{children:n(de,{text:e,of:"issuer"})}),n("dt",{children:"aud, the audience"}),n("dd",{children:n(de,{text:location.origin,of:"audience"})}),n("dt",{children:"Our keys, to encrypt to"}),n("dd",{children:n(de,{text:location.origin+"/.well-known/jwks.json",of:"address of our keys"})})]})]})}var ze={OWNER:"Owner",ADMIN:"Admin",VIEWER:"Viewer"};function vo({tenant:e,owner:t}){let o=N(We,{tenant:e});return n(h,{children:[n(I,{text:"Members"}),n("p",{class:"about",children:"Owners do everything. Admins do everything but members. Viewers look, and test assertions."}),n(O,{answer:o,children:({tenant:{members:r}})=>n(ee,{label:"Members",children:r.map(i=>n(Pr,{tenant:e,owner:t,of:i,reload:o.reload},i.id))})}),t&&n(Or,{tenant:e})]})}function Pr({tenant:e,owner:t,of:o,reload:r}){let i=A(),s=async()=>{await z({heading:`Remove ${o.displayName}?`,text:"They can’t see this tenant any more, and the invitations they gave end. Their own notes have nothing to do with it.",act:"Remove"})&&(await S(Ln,{tenant:e,id:o.id}),await r(),x(`${o.displayName} is removed`),G())};return n(ie,{title:n(h,{children:[n("bdi",{children:o.displayName})," ",n("span",{class:"mark",children:ze[o.role]})]}),facts:n("code",{children:o.id}),acts:t&&n(_,{label:`Remove ${o.displayName}`,busy:i.busy,onClick:()=>{i.run(s)},children:"Remove"}),children:n(K,{text:i.trouble})})}function Or({tenant:e}){let t=A(),[o,r]=y("ADMIN"),[i,s]=y(null),a=async()=>s((await S(Kn,{tenant:e,role:o})).inviteMember);return n(L,{heading:"Invite somebody",about:"You get a link to send, by whatever way you trust. It works once, for seven days.",children:[n("form",{class:"line",onSubmit:c=>{c.preventDefault(),t.run(a)},children:[n(U,{label:"Role",value:o,options:["OWNER","ADMIN","VIEWER"].map(c=>({value:c,label:ze[c]})),onChange:c=>r(c)}),n(_,{kind:"first",type:"submit",busy:t.busy,children:"Make an invitation link"})]}),n(K,{text:t.trouble}),i&&n(ye,{text:i.url,of:"invitation link",children:n("p",{class:"quiet",children:["It ends ",n(J,{at:i.expiresAt}),"."]})})]})}function bo({tenant:e,admin:t}){let o=N(Sn,{tenant:e});return n(h,{children:[n(I,{text:"Embed origins"}),n("p",{class:"about",children:"Pages on these origins can show your widget, and no others. A change is in force within 5 seconds, for open pages too."}),t&&n(Mr,{tenant:e,reload:o.reload}),n(O,{answer:o,children:({tenant:{embedOrigins:r}})=>r.length===0?n(q,{heading:"No page can show your widget yet.",children:n("p",{children:"Add the origin of your site: what your browser’s address bar shows, up to the first slash after the host."})}):n(ee,{label:"Embed origins",children:r.map(i=>n(Kr,{tenant:e,admin:t,origin:i,reload:o.reload},i))})})]})}function Mr({tenant:e,reload:t}){let o=A(),[r,i]=y(""),s=async()=>{await S(An,{tenant:e,origin:r.trim()}),await t(),i(""),x("Added")};return n("form",{class:"line",onSubmit:a=>{a.preventDefault(),o.run(s)},children:[n(P,{label:"Origin",code:!0,value:r,placeholder:"https://www.your.example",autocomplete:"off",error:o.trouble,onInput:a=>{i(a),o.clear()}}),n(_,{kind:"first",type:"submit",busy:o.busy,children:"Add origin"})]})}function Kr({tenant:e,origin:t,admin:o,reload:r}){let i=A(),s=async()=>{await z({heading:`Remove ${t}?`,text:"Its pages stop showing the widget, and whoever is signed in there is signed out. Their notes stay.",act:"Remove"})&&(await S(xn,{tenant:e,origin:t}),await r(),x(`${t} is removed`),G())};return n(ie,{title:n("code",{children:t}),acts:n(h,{children:[n(xe,{text:t,of:t}),o&&n(_,{label:`Remove ${t}`,busy:i.busy,onClick:()=>{i.run(s)},children:"Remove"})]}),children:n(K,{text:i.trouble})})}function ko({tenant:e,admin:t}){let o=N($n,{tenant:e});return n(h,{children:[n(I,{text:"Policy"}),n("p",{class:"about",children:"What your site may, or must, say about its visitors. In force at once."}),n(O,{answer:o,children:({tenant:{policy:r}})=>n(Lr,{tenant:e,admin:t,policy:r,reload:o.reload},JSON.stringify(r))})]})}function Lr({tenant:e,admin:t,policy:o,reload:r}){let i=A(),[s,a]=y(o),c=p=>{a(u=>({...u,...p})),i.clear()},d=async()=>{s.vouchedAccounts&&!o.vouchedAccounts&&!await z({heading:"Open accounts for your visitors?",text:"Whoever your backend vouches for gets notes without a passkey, and your backend can read those. Visitors are told so, wherever they see them.",act:"Vouch for accounts"})||(await S(qe,{input:{tenant:e,...s}}),await r(),x("Saved"))};return n("form",{onSubmit:p=>{p.preventDefault(),i.run(d)},children:[n(U,{label:"Assertions",value:s.assertion,options:[{value:"OPTIONAL",label:"Optional: visitors sign in with or without one"},{value:"REQUIRED",label:"Required: nobody signs in without one"},{value:"NONE",label:"None: they are refused"}],onChange:p=>c({assertion:p,...p==="NONE"?{vouchedAccounts:!1}:{}})}),n(wo,{label:"Require a nonce",hint:"An assertion must be made for the widget that presents it: your backend puts the nonce it is given into the JWT.",checked:s.requireNonce,onChange:p=>c({requireNonce:p})}),n(wo,{label:"Vouch for accounts",hint:"Your assertion alone opens notes of their own, which your backend can read. A visitor who adds a passkey makes them private.",checked:s.vouchedAccounts,onChange:p=>c({vouchedAccounts:p})}),n(K,{text:i.trouble}),t&&n("div",{class:"acts more",children:n(_,{kind:"first",type:"submit",busy:i.busy,children:"Save policy"})})]})}function wo({label:e,hint:t,checked:o,onChange:r}){let i=X();return n("div",{class:"check",children:[n("input",{id:i,type:"checkbox",checked:o,"aria-describedby":i+"-hint",onChange:s=>r(s.currentTarget.checked)}),n("div",{children:[n("label",{for:i,children:e}),n("p",{id:i+"-hint",class:"quiet",children:t})]})]})}function Eo({tenant:e,admin:t}){let o=N(Rn,{tenant:e});return n(h,{children:[n(I,{text:"Server keys"}),n("p",{class:"about",children:"Your backend asks our API with one of these: for tickets, or to keep your origins in step with your deployments. They see nothing of any visitor."}),t&&n(Ur,{tenant:e,reload:o.reload}),n(O,{answer:o,children:({tenant:{serverKeys:r}})=>r.length===0?n(q,{heading:"There is no server key.",children:n("p",{children:"You need one only if your backend fetches tickets or sets up origins by itself."})}):n(ee,{label:"Server keys",children:r.map(i=>n(jr,{tenant:e,admin:t,of:i,reload:o.reload},i.id))})}),n(L,{heading:"Try it",about:"A ticket stands in for an assertion: once, for 60 seconds.",children:n(te,{of:"command for a ticket",text:`curl ${location.origin}/graphql -H "Authorization: Bearer $ASIDE_SERVER_KEY" -H "Content-Type: application/json" \\
  -d '{"query": "mutation { issueTicket(input: {subject: \\"customer-17\\"}) { ticket expiresAt } }"}'`})})]})}function Ur({tenant:e,reload:t}){let o=A(),[r,i]=y(""),[s,a]=y(""),c=async()=>{let d=await S(Tn,{tenant:e,name:r.trim()});a(d.createServerKey.secret),i(""),await t()};return n(h,{children:[n("form",{class:"line",onSubmit:d=>{d.preventDefault(),o.run(c)},children:[n(P,{label:"Name of the new key",value:r,placeholder:"production",autocomplete:"off",maxLength:80,error:o.trouble,onInput:d=>{i(d),o.clear()}}),n(_,{kind:"first",type:"submit",busy:o.busy,children:"Create server key"})]}),s&&n(ye,{text:s,of:"server key"})]})}function jr({tenant:e,of:t,admin:o,reload:r}){let i=A(),s=async()=>{await z({heading:`Revoke ${t.name}?`,text:"Whatever still uses it is refused from now on.",act:"Revoke"})&&(await S(Dn,{tenant:e,id:t.id}),await r(),x(`${t.name} is revoked`),G())};return n(ie,{title:n("bdi",{children:t.name}),facts:n(h,{children:[n("code",{children:[t.prefix,"…"]}),n("span",{children:["Made ",n(J,{at:t.createdAt})]}),n("span",{children:t.lastUsedAt?n(h,{children:["Last used ",n(J,{at:t.lastUsedAt})]}):"Never used"})]}),acts:o&&n(_,{label:`Revoke ${t.name}`,busy:i.busy,onClick:()=>{i.run(s)},children:"Revoke"}),children:n(K,{text:i.trouble})})}function So({title:e,bars:t}){let o=Br(Math.max(...t.map(({value:a})=>a))),r=720/t.length,i=t[0].name,s=t.at(-1).name;return n("figure",{class:"chart",children:[n("figcaption",{children:[e," ",n("span",{class:"quiet",children:["up to ",o.toLocaleString("en")]})]}),n("svg",{viewBox:"0 0 720 160",preserveAspectRatio:"none",role:"img","aria-label":`${e}, ${i} to ${s}; the table has the figures`,children:[[.25,.5,.75,1].map(a=>n("line",{x1:"0",x2:720,y1:160*(1-a),y2:160*(1-a)},a)),t.map(({name:a,value:c},d)=>n("rect",{x:d*r+r*.15,width:r*.7,y:160*(1-c/o),height:160*c/o,children:n("title",{children:`${a}: ${c.toLocaleString("en")}`})},a))]}),n("p",{class:"ends quiet","aria-hidden":"true",children:[n("span",{children:i}),n("span",{children:s})]})]})}function Br(e){if(e<=4)return 4;let t=10**Math.floor(Math.log10(e));return[1,2,4,5,10].map(o=>o*t).find(o=>o>=e)}var Ao={activeUsers:"Active users",operations:"Operations",notes:"Notes"},Qe=(e,t)=>Date.UTC(e.getUTCFullYear(),e.getUTCMonth()-t),kt=[{value:"30",label:"Last 30 days",by:"day",from:e=>e.getTime()-29*864e5,to:e=>e.getTime()},{value:"this",label:"This month",by:"day",from:e=>Qe(e,0),to:e=>e.getTime()},{value:"last",label:"Last month",by:"day",from:e=>Qe(e,1),to:e=>Qe(e,0)},{value:"year",label:"Last 12 months, by month",by:"month",from:e=>Qe(e,11),to:e=>e.getTime()}];function xo({tenant:e}){let[t,o]=y(kt[0]),[r,i]=y("activeUsers");return n(h,{children:[n(I,{text:"Usage"}),n("p",{class:"about",children:"An active user is a visitor with at least one operation; one who comes every day is one active user of a month. Days and months are UTC."}),n("div",{class:"pair",children:[n(U,{label:"Period",value:t.value,options:kt,onChange:s=>o(kt.find(a=>a.value===s))}),n(U,{label:"Chart",value:r,options:Object.entries(Ao).map(([s,a])=>({value:s,label:a})),onChange:s=>i(s)})]}),n(Hr,{tenant:e,span:t,figure:r},t.value)]})}function Hr({tenant:e,span:t,figure:o}){let{from:r,to:i}=Ke(()=>{let a=new Date;return{from:new Date(t.from(a)).toISOString(),to:new Date(t.to(a)).toISOString()}},[t]),s=N(t.by==="day"?On:Mn,{tenant:e,from:r,to:i});return n(O,{answer:s,children:({tenant:{usage:a}})=>n(Vr,{tenant:e,by:t.by,usage:a,figure:o})})}function Vr({tenant:e,by:t,usage:o,figure:r}){let i=o.filter(a=>a.operations>0||a.notes>0),s=()=>Fe(`usage-${e}-${o[0]?.period}-${o.at(-1)?.period}.csv`,[["tenant",t,"active_users","notes","operations"],...o.map(a=>[e,a.period,a.activeUsers,a.notes,a.operations])]);return i.length===0?n(q,{heading:"Nobody has used your widget in this time.",children:n("p",{children:"Figures appear within a second of the first visitor who signs in."})}):n(h,{children:[n(So,{title:`${Ao[r]} by ${t}`,bars:o.map(a=>({name:a.period,value:a[r]}))}),n("div",{class:"bar more",children:[n("p",{class:"quiet",children:[o.reduce((a,c)=>a+c.operations,0).toLocaleString("en")," operations in this time, ",o.at(-1).notes.toLocaleString("en")," notes at its end"]}),n(_,{onClick:s,children:"Save as CSV"})]}),n("div",{class:"numbers",children:n(Ve,{caption:`Usage by ${t}`,head:[t==="day"?"Day":"Month","Active users","Operations","Notes"],children:[...o].reverse().map(a=>n("tr",{children:[n("th",{scope:"row",children:a.period}),n("td",{children:a.activeUsers.toLocaleString("en")}),n("td",{children:a.operations.toLocaleString("en")}),n("td",{children:a.notes.toLocaleString("en")})]},a.period))})})]})}var Et=W(navigator.onLine);addEventListener("online",()=>Et.value=!0);addEventListener("offline",()=>Et.value=!1);function Io(){return F(Et)}function St({label:e,places:t,current:o,who:r,above:i,children:s}){let a=H(null),c=Io();return M(()=>{let d=()=>{let p=a.current?.querySelector("[aria-current]");p&&(a.current.scrollLeft=p.offsetLeft-(a.current.clientWidth-p.offsetWidth)/2)};return d(),addEventListener("resize",d),()=>removeEventListener("resize",d)},[o]),n(h,{children:[n("a",{class:"skip",href:"#main",children:"Skip to what is here"}),n(At,{children:r}),n("div",{class:"page",children:[n("nav",{"aria-label":e,children:[i,n("ul",{ref:a,children:t.map(({path:d,name:p})=>n("li",{children:n("a",{href:d,"aria-current":d===o?"page":void 0,children:p})},d))})]}),n("main",{id:"main",tabIndex:-1,children:[n("p",{role:"status",class:"offline",children:c?"":"You are offline. What you see may be old, and nothing can be changed until you are back."}),s]})]})]})}function At({children:e}){return n("header",{children:[n("svg",{width:"16",height:"20",viewBox:"0 0 16 20","aria-hidden":"true",children:[n("path",{fill:"none",stroke:"currentColor","stroke-width":"2",d:"M4 9V6a4 4 0 0 1 8 0v3"}),n("rect",{y:"8",width:"16",height:"12",rx:"3",fill:"currentColor"})]}),n("span",{children:location.host}),e]})}function Co({opens:e}){let t=H(null),[o,r]=y(he.value),i=A();M(()=>{document.title="Sign in – Aside",t.current?.focus()},[]);let s=a=>i.run(async()=>{r("One moment…");try{let c=await Ue(a,()=>r("Your device is asking for your fingerprint, face or screen lock."));r("Checking…"),await je(c),await un()}finally{r("")}});return n("main",{class:"entrance",children:[n("h1",{ref:t,tabIndex:-1,children:"Sign in"}),n("p",{children:e}),an()?n(h,{children:[n("div",{class:"acts",children:[n(_,{kind:"first",busy:i.busy,onClick:()=>{s("login")},children:"Sign in with a passkey"}),n(_,{busy:i.busy,onClick:()=>{s("registration")},children:"Create an account"})]}),n("p",{class:"quiet",children:["A passkey is your fingerprint, face or screen lock. There is no password to remember. ",n("a",{href:"/recover",children:"Lost your passkey?"})]})]}):n("p",{children:"This browser can’t use passkeys. Update it, or come back with a current version of Chrome, Edge, Firefox or Safari."}),n(K,{text:i.trouble}),n("p",{role:"status",children:o})]})}function No(e,t){Be().catch(()=>{}),jt(n(qr,{opens:e,children:t}),document.getElementById("app"))}function qr({opens:e,children:t}){let o=F(Z)!==null;return n(h,{children:[o&&n(h,{children:[n(At,{}),n(Co,{opens:e})]}),n("div",{hidden:o,children:t}),n(oo,{}),n(tn,{})]})}var Wr=[{path:"",name:"Install"},{path:"/origins",name:"Embed origins"},{path:"/keys",name:"Assertion keys"},{path:"/server-keys",name:"Server keys"},{path:"/policy",name:"Policy"},{path:"/branding",name:"Branding"},{path:"/usage",name:"Usage"},{path:"/audit",name:"Audit log"},{path:"/members",name:"Members"}];function Fr(){let e=N(bn);return n(O,{answer:e,children:({viewer:t})=>n(Jr,{viewer:t,reload:e.reload})})}function Jr({viewer:e,reload:t}){let[o,r]=y(Ye!==""),[i=e.tenants[0]?.tenant.id??"",s=""]=yn("/console"),a=e.tenants.find(({tenant:u})=>u.id===i),c=n(Gr,{viewer:e});if(o||i==="new"||e.tenants.length===0||!a)return n(St,{label:"Console",places:[],current:"",who:c,above:n(Ro,{viewer:e,current:i}),children:o?n(Zn,{displayName:e.displayName,reload:t,onDone:()=>r(!1)}):i==="new"||e.tenants.length===0?n(Xn,{first:e.tenants.length===0,reload:t}):n(To,{children:"You are no member of a tenant with this key."})});let d="/console/"+i,p={tenant:i,admin:a.role!=="VIEWER",owner:a.role==="OWNER"};return n(St,{label:a.tenant.name,places:Wr.map(({path:u,name:m})=>({path:d+u,name:m})),current:s?`${d}/${s}`:d,who:c,above:n(Ro,{viewer:e,current:i}),children:n("div",{children:Yr(s,p,t)},i+s)})}function Yr(e,t,o){switch(e){case"":return n(no,{...t});case"origins":return n(bo,{...t});case"keys":return n(_o,{...t});case"server-keys":return n(Eo,{...t});case"policy":return n(ko,{...t});case"branding":return n(Gn,{...t,onRename:o});case"usage":return n(xo,{...t});case"audit":return n(jn,{...t});case"members":return n(vo,{...t});default:return n(To,{children:"The console has no page at this address."})}}function To({children:e}){return n(h,{children:[n(I,{text:"Nothing here"}),n(q,{heading:e,children:n("a",{href:"/console",children:"To the console"})})]})}function Ro({viewer:e,current:t}){if(e.tenants.length===0)return null;let o=e.tenants.map(({tenant:i})=>({value:i.id,label:i.name})),r=e.tenants.find(({tenant:i})=>i.id===t)?.role;return Je&&o.push({value:"new",label:"New tenant…"}),o.some(({value:i})=>i===t)||o.unshift({value:t,label:"Choose a tenant"}),n("div",{class:"tenants",children:[n(U,{label:"Tenant",value:t,options:o,onChange:i=>ge("/console/"+i)}),r&&n("p",{class:"quiet",children:["You are ",r==="VIEWER"?"a viewer":`an ${ze[r].toLowerCase()}`," here."]})]})}function Gr({viewer:e}){let t=A(),o=async()=>{await t.run(hn)||x("You are still signed in: Aside can’t be reached.")};return n("div",{class:"who",children:[n("bdi",{children:e.displayName}),n(_,{busy:t.busy,onClick:()=>{o()},children:"Sign out"})]})}No("Where a company sets up its widget: origins, keys, looks, usage.",n(Fr,{}));})();

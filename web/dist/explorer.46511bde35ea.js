import{A as e,B as F,E as S,F as b,S as _,T,a as A,b as c,ba as R,c as O,ea as V,h,j as q,k as E}from"./chunk.Q6N3GX2A.js";function w(a,t){return _(async()=>{let n=performance.now(),s=await q("/graphql",{query:a,variables:t}),r=await E(s),{message:m="",extensions:o}=r?.errors?.[0]??{};if(o?.reason==="confirmation_required")throw new h(o.reason,m);if(o?.code==="UNAUTHENTICATED")throw new h(o.code,m);return{status:s.status,milliseconds:Math.round(performance.now()-n),body:r}})}var I=`query Schema {
  __schema { types { kind name fields { name description args { ...Argument } type { ...Type } } inputFields { ...Argument } enumValues { name } } }
}
fragment Argument on __InputValue { name defaultValue type { ...Type } }
fragment Type on __Type { kind name ofType { kind name ofType { kind name ofType { kind name } } } }`;function y({kind:a,name:t,ofType:n}){return n?a==="NON_NULL"?y(n)+"!":`[${y(n)}]`:t??""}function d({name:a,ofType:t}){return t?d(t):a??""}function C(a,t,n){let s=new Map(a.types.map(u=>[u.name,u])),r=t==="query"?n.args.filter(v):n.args,m=n.name[0].toUpperCase()+n.name.slice(1),o=r.map(u=>`$${u.name}: ${y(u.type)}`).join(", "),p=r.map(u=>`${u.name}: $${u.name}`).join(", "),l=L(s,n.type,2,"    ");return{query:`${t} ${m}${o&&`(${o})`} {
  ${n.name}${p&&`(${p})`}${l&&` {
${l}
  }`}
}
`,variables:r.length>0?JSON.stringify(Object.fromEntries(r.map(u=>[u.name,$(s,u.type,3)])),null,2):""}}var v=a=>a.type.kind==="NON_NULL"&&a.defaultValue===null;function L(a,t,n,s){let r=a.get(d(t))?.fields;if(!r)return"";let m=[];for(let o of r)if(!o.args.some(v)){if(!a.get(d(o.type))?.fields)m.push(s+o.name);else if(n>1&&o.args.length===0){let p=L(a,o.type,n-1,s+"  ");p&&m.push(`${s}${o.name} {
${p}
${s}}`)}}return m.join(`
`)}function $(a,t,n){if(t.kind==="NON_NULL")return $(a,t.ofType,n);if(t.kind==="LIST")return[];let s=a.get(t.name);if(s?.enumValues)return s.enumValues[0]?.name;if(s?.inputFields){let r=n>0?s.inputFields.filter(v):[];return Object.fromEntries(r.map(m=>[m.name,$(a,m.type,n-1)]))}return{Int:0,Float:0,Boolean:!1}[t.name]??""}var H=`query Viewer {
  viewer {
    displayName
    tenants {
      role
      tenant {
        id
        name
      }
    }
  }
}
`;function J(){let[a,t]=c(H),[n,s]=c(""),[r,m]=c(""),[o,p]=c(null),[l,u]=c(null),f=S(),g=S();O(()=>{g.run(async()=>{let{body:i}=await w(I,{});u(i.data.__schema)})},[]);let x=()=>{let i={};try{n.trim()&&(i=JSON.parse(n))}catch{m("This isn’t JSON.");return}m(""),f.run(async()=>p(await w(a,i)))},N=(i,M)=>{let k=C(l,i,M);t(k.query),s(k.variables),p(null),document.getElementById("operation")?.focus()};return e(A,{children:[e(R,{children:e("a",{href:"/console",target:"_self",children:"Console"})}),e("div",{class:"page",children:[e("nav",{"aria-label":"Schema",children:[e("p",{class:"quiet",children:["What each field does is in ",e("a",{href:"/docs/graphql",children:"the reference"}),"."]}),g.error&&e("p",{class:"trouble",children:g.error}),l&&e(U,{schema:l,type:"Query",onUse:i=>N("query",i)}),l&&e(U,{schema:l,type:"Mutation",onUse:i=>N("mutation",i)})]}),e("main",{id:"main",tabIndex:-1,children:[e(F,{text:"GraphQL explorer"}),e("p",{class:"about",children:"Operations run as you, on this server’s real data. Only a server for development has this page."}),e("form",{onSubmit:i=>{i.preventDefault(),x()},onKeyDown:i=>{i.key!=="Enter"||!(i.ctrlKey||i.metaKey)||(i.preventDefault(),x())},children:[e(T,{id:"operation",label:"Operation",value:a,onInput:t,rows:14,code:!0,hint:"Ctrl+Enter or ⌘+Enter runs it."}),e(T,{label:"Variables",value:n,onInput:s,rows:5,code:!0,error:r}),e("div",{class:"acts",children:e(b,{kind:"first",type:"submit",busy:f.busy,children:"Run"})})]}),e("p",{role:"status",children:o?`Status ${o.status}, ${o.milliseconds} ms`:""}),f.error&&e("p",{class:"trouble",role:"alert",children:f.error}),o&&e("pre",{tabIndex:0,children:JSON.stringify(o.body,null,2)})]})]})]})}function U({schema:a,type:t,onUse:n}){let s=a.types.find(({name:r})=>r===t)?.fields??[];return e("details",{open:t==="Query",children:[e("summary",{children:t}),e("ul",{children:[...s].sort((r,m)=>r.name.localeCompare(m.name)).map(r=>e("li",{children:e(b,{kind:"plain",label:`${r.name}: ${y(r.type)}`,onClick:()=>n(r),children:r.name})},r.name))})]})}V("Run GraphQL operations on this server.",e(J,{}));

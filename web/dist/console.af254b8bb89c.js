import{b as G,c as k,f as Ee}from"./chunk.YTOQYL2X.js";import{a as w,b as v,c as b,d as $,e as P,f as j,g as J}from"./chunk.7XQQSTYQ.js";import{$ as M,A as e,B as E,C as D,E as h,F as f,G as T,I as N,J as S,K as R,T as A,U as _,V as se,X as C,Y as we,Z as U,_ as K,a as m,aa as ie,b as d,c as ye,d as H,e as he,ea as Se,x as ve,y as be,z as L}from"./chunk.Q6N3GX2A.js";var Ae=w("query Console { viewer { id displayName tenants { role tenant { id name suspended } } } }"),ke=w("mutation CreateTenant($name: String!) { createTenant(name: $name) { id } }"),Ie=w("query Invitation($token: String!) { invitation(token: $token) { tenantName role expiresAt } }"),Re=w("mutation AcceptInvitation($token: String!) { acceptInvitation(token: $token) { id name } }"),Te=w("query Installation($tenant: ID!) { tenant(id: $tenant) { suspended embedOrigins policy { assertion } assertionKeys { revokedAt } } }"),_e=w("query Origins($tenant: ID!) { tenant(id: $tenant) { embedOrigins } }"),Ne=w("mutation AddOrigin($tenant: ID!, $origin: String!) { addEmbedOrigin(tenant: $tenant, origin: $origin) { id } }"),xe=w("mutation RemoveOrigin($tenant: ID!, $origin: String!) { removeEmbedOrigin(tenant: $tenant, origin: $origin) { id } }"),Q=w("query AssertionKeys($tenant: ID!) { tenant(id: $tenant) { assertionKeys { id kid algorithm kind createdAt lastUsedAt revokedAt } } }"),ae=w("mutation AddAssertionKey($input: AddAssertionKeyInput!) { addAssertionKey(input: $input) { secret } }"),$e=w("mutation RevokeAssertionKey($tenant: ID!, $id: ID!) { revokeAssertionKey(tenant: $tenant, id: $id) { id } }"),Pe=w("mutation TestAssertion($tenant: ID!, $assertion: String!) { testAssertion(tenant: $tenant, assertion: $assertion) { ok checks { name ok detail } } }"),F=w("query ServerKeys($tenant: ID!) { tenant(id: $tenant) { serverKeys { id name prefix createdAt lastUsedAt } } }"),ce=w("mutation CreateServerKey($tenant: ID!, $name: String!) { createServerKey(tenant: $tenant, name: $name) { secret } }"),De=w("mutation RevokeServerKey($tenant: ID!, $id: ID!) { revokeServerKey(tenant: $tenant, id: $id) { id } }"),Ce=w("query Policy($tenant: ID!) { tenant(id: $tenant) { policy { assertion requireNonce vouchedAccounts } } }"),Oe=w("query Branding($tenant: ID!) { tenant(id: $tenant) { name branding { name accent } } }"),z=w("mutation UpdateTenant($input: UpdateTenantInput!) { updateTenant(input: $input) { id } }"),Ke=w("query UsageByDay($tenant: ID!, $from: Time!, $to: Time!) { tenant(id: $tenant) { usage(from: $from, to: $to) { period: day activeUsers notes operations } } }"),Me=w("query UsageByMonth($tenant: ID!, $from: Time!, $to: Time!) { tenant(id: $tenant) { usage: usageByMonth(from: $from, to: $to) { period: month activeUsers notes operations } } }"),me=w("query AuditLog($tenant: ID!, $first: Int!, $after: String) { tenant(id: $tenant) { auditLog(first: $first, after: $after) { edges { cursor node { at actor action target ip detail } } pageInfo { hasNextPage endCursor } } } }"),X=w("query Members($tenant: ID!) { tenant(id: $tenant) { members { id displayName role } } }"),je=w("mutation InviteMember($tenant: ID!, $role: Role!) { inviteMember(tenant: $tenant, role: $role) { url expiresAt } }"),Be=w("mutation RemoveMember($tenant: ID!, $id: ID!) { removeMember(tenant: $tenant, id: $id) { id } }");var xt=50;function Le({tenant:t}){let o=b(me,{tenant:t,first:xt,after:null}),n=b(X,{tenant:t}),s=new Map(n.data?.tenant.members.map(({id:r,displayName:a})=>[r,a]));return e(m,{children:[e(E,{text:"Audit log"}),e("p",{class:"about",children:"Every change to this tenant, with who made it and from where, and every refused assertion, up to an hourly limit. Entries can’t be changed. The operator sets how long they are kept."}),e(S,{query:o,children:({tenant:{auditLog:r}})=>e($t,{tenant:t,start:r,names:s})})]})}function $t({tenant:t,start:o,names:n}){let s=h(),[r,a]=d([o]),[i,c]=d(""),p=r.flatMap(({edges:y})=>y.map(({cursor:O,node:q})=>({cursor:O,...q}))),{pageInfo:l}=r[r.length-1],g=y=>n.get(y)??y,u=i.trim().toLowerCase(),I=p.filter(y=>!u||qe(y,g).join(" ").toLowerCase().includes(u)),fe=async y=>(await v(me,{tenant:t,first:100,after:y})).tenant.auditLog,Tt=async()=>{let y=await fe(l.endCursor);a(O=>[...O,y])},_t=async()=>{let y=[...p];for(let O=l;O.hasNextPage;){let q=await fe(O.endCursor);y.push(...q.edges.map(({node:Nt})=>Nt)),O=q.pageInfo}G(`audit-${t}.csv`,[["at","actor","name","action","target","ip","detail"],...y.map(O=>qe(O,q=>n.get(q)??""))])};return e(m,{children:[e("div",{class:"line",children:[e(A,{label:"Filter",type:"search",value:i,placeholder:"origin, refused, a name, an address",hint:"Filters loaded entries only.",onInput:c}),e(f,{busy:s.busy,onClick:()=>{s.run(_t)},children:"Save as CSV"})]}),e(R,{text:s.error}),e("p",{class:"unseen",role:"status",children:u&&`${I.length} of ${p.length} events`}),I.length===0?e(N,{heading:u?"No matching entries.":"No entries yet."}):e("div",{class:"log",children:e(J,{caption:"Audit log",head:["When","Who","What","Target","From"],children:I.map(y=>e("tr",{children:[e("td",{class:"nowrap",children:e($,{at:y.at})}),e("td",{children:e("bdi",{title:y.actor,children:g(y.actor)})}),e("td",{class:"nowrap",children:e("code",{children:y.action})}),e("td",{children:[y.target&&(n.has(y.target)?e("bdi",{title:y.target,children:g(y.target)}):e("code",{children:y.target}))," ",y.detail&&e("span",{class:"quiet",children:y.detail})]}),e("td",{class:"nowrap",children:y.ip})]},y.cursor))})}),l.hasNextPage&&e("div",{class:"acts more",children:e(f,{busy:s.busy,onClick:()=>{s.run(Tt)},children:"Show more"})})]})}function qe(t,o){return[t.at,t.actor,o(t.actor),t.action,t.target??"",t.ip??"",t.detail??""]}function He(t){return{light:Ue(t,"#ffffff",0),dark:Ue(t,"#17181a",255)}}function Ue(t,o,n){for(let s=0;;s++){let r="#"+[1,3,5].map(a=>Pt(parseInt(t.slice(a,a+2),16),n,s)).join("");if(B(r,o)>=3||s===20)return r}}function Pt(t,o,n){return Math.trunc((t*(20-n)+o*n)/20).toString(16).padStart(2,"0")}function Ve(t){let o=n=>{let s=parseInt(t.slice(n,n+2),16)/255;return s<=.04045?s/12.92:((s+.055)/1.055)**2.4};return .2126*o(1)+.7152*o(3)+.0722*o(5)}function B(t,o){let[n,s]=[Ve(t),Ve(o)].sort((r,a)=>r-a);return(s+.05)/(n+.05)}function We(t){return/^#[0-9a-f]{6}$/i.test(t)}function V({checks:t}){return e("ul",{class:"checks",children:t.map(({name:o,ok:n,detail:s})=>e("li",{"data-ok":n,children:[e("strong",{children:[e("span",{class:"unseen",children:n?"Passed: ":"Failed: "}),o]})," ",s]},o))})}var{dataset:de}=window.document.getElementById("app"),x=de.frame??"",Z=de.selfServe==="true",Ye=de.explorer==="true";function Je({tenant:t,admin:o,onRename:n}){let s=b(Oe,{tenant:t});return e(m,{children:[e(E,{text:"Branding"}),e("p",{class:"about",children:"How visitors see you in the widget and in the sign-in window. The window always says that it belongs to Aside."}),e(S,{query:s,children:({tenant:{name:r,branding:a}})=>e(Dt,{tenant:t,admin:o,now:{name:r,brandName:a.name??"",accent:a.accent??""},reload:async()=>{await Promise.all([s.reload(),n()])}})})]})}function Dt({tenant:t,admin:o,now:n,reload:s}){let r=h(),[a,i]=d(n),c=u=>{i(I=>({...I,...u})),r.clear()},p=async()=>{await v(z,{input:{tenant:t,...a}}),await s(),T("Saved")},l=u=>r.field===u?r.error:"",g=We(a.accent)?a.accent:"";return e(m,{children:[e("form",{onSubmit:u=>{u.preventDefault(),r.run(p)},children:[e(A,{label:"Name",value:a.name,maxLength:80,autocomplete:"off",hint:"Used in this console and in commands.",error:l("name"),onInput:u=>c({name:u})}),e(A,{label:"Name for visitors",value:a.brandName,maxLength:80,autocomplete:"off",placeholder:a.name,hint:"If visitors know you by another name. Leave it empty to use the name above.",error:l("brandName"),onInput:u=>c({brandName:u})}),e("div",{class:"color",children:[e(A,{label:"Accent color",code:!0,value:a.accent,maxLength:7,autocomplete:"off",placeholder:"#2f5d50",hint:"Used for the main button and for markers. Leave it empty to use green.",error:l("accent"),onInput:u=>c({accent:u.trim()})}),e("input",{type:"color","aria-label":"Choose the accent color",value:g||"#2f5d50",onInput:u=>c({accent:u.currentTarget.value})})]}),g&&e(Ct,{accent:g}),e(R,{text:r.field?"":r.error}),o&&e("div",{class:"acts more",children:e(f,{kind:"first",type:"submit",busy:r.busy,children:"Save branding"})})]}),e(k,{heading:"Preview",about:"The real widget with sample notes.",children:e("div",{class:"previews",children:[e(Ge,{theme:"light",name:a.brandName||a.name,accent:g}),e(Ge,{theme:"dark",name:a.brandName||a.name,accent:g})]})})]})}function Ct({accent:t}){let o=B(t,"#ffffff")>=B(t,"#000000")?"#ffffff":"#000000",n=a=>B(t,a),s=a=>a.toFixed(1)+":1",r=(a,i)=>({name:a,ok:!0,detail:n(i)>=3?`The contrast of markers is ${s(n(i))}.`:`The contrast of markers would be ${s(n(i))}, less than 3:1, so the widget uses a ${i==="#ffffff"?"darker":"lighter"} shade there.`});return e(V,{checks:[{name:"Button text",ok:B(t,o)>=4.5,detail:`${o==="#ffffff"?"White":"Black"} text has a contrast of ${s(B(t,o))}; the minimum is 4.5:1.`},r("On a light background","#ffffff"),r("On a dark background","#17181a")]})}function Ge({theme:t,name:o,accent:n}){let s=H(null),r=`${x}/preview#${new URLSearchParams({theme:t,name:o,accent:n&&He(n)[t]})}`,[a]=d(r),i=H(a);return ye(()=>{i.current!==r&&(i.current=r,s.current?.contentWindow?.location.replace(r))},[r]),e("div",{class:"preview",inert:!0,children:e("iframe",{ref:s,src:a,title:`Widget preview for ${o}, ${t}`})})}var ee="#invitation=",Qe=t=>t.startsWith(ee)?ve(t.slice(ee.length)):"";var W=Qe(location.hash);W&&history.replaceState(null,"",location.pathname);addEventListener("hashchange",()=>location.hash.startsWith(ee)&&location.reload());var Ot={OWNER:"an owner, who can do everything there",ADMIN:"an admin, who can do everything there except manage members",VIEWER:"a viewer, who can see everything and change nothing"};function Fe({reload:t,displayName:o,onDone:n}){let s=h(),r=b(Ie,{token:W}),a=async()=>{let{acceptInvitation:i}=await v(Re,{token:W});await t(),n(),L("/console/"+i.id)};return e(m,{children:[e(E,{text:"You’re invited"}),e(S,{query:r,children:({invitation:i})=>i===null?e(m,{children:[e("p",{class:"about",children:"This invitation is invalid, has expired or was already accepted. Ask for a new one."}),e("div",{class:"acts more",children:e(f,{onClick:n,children:"Continue"})})]}):e(m,{children:[e("p",{class:"about",children:["You are invited to join ",e("strong",{children:e("bdi",{children:i.tenantName})})," as ",Ot[i.role],". You accept as ",e("bdi",{children:o}),", and other members see that name. This doesn’t affect your notes."]}),e("div",{class:"acts more",children:[e(f,{kind:"first",busy:s.busy,onClick:()=>{s.run(a)},children:"Accept invitation"}),e(f,{onClick:n,children:"Not now"})]})]})}),e(R,{text:s.error})]})}function ze({reload:t,first:o}){let n=h(),[s,r]=d(""),a=async()=>{let{createTenant:i}=await v(ke,{name:s.trim()});await t(),L("/console/"+i.id)};return Z?e(m,{children:[e(E,{text:o?"Create a tenant":"New tenant"}),e("p",{class:"about",children:"A tenant is a company that puts the widget on its pages. One tenant covers all its sites. If a colleague has already created it, ask them for an invitation instead."}),e("form",{class:"line",onSubmit:i=>{i.preventDefault(),n.run(a)},children:[e(A,{label:"Name",value:s,placeholder:"Hillside Tea",maxLength:80,autocomplete:"organization",hint:"Visitors see this name.",error:n.error,onInput:i=>{r(i),n.clear()}}),e(f,{kind:"first",type:"submit",busy:n.busy,children:"Create tenant"})]})]}):e(m,{children:[e(E,{text:"No tenant yet"}),e("p",{class:"about",children:"Only the operator can create tenants here. Ask them for a tenant, then open the link that they send you."})]})}var Xe=`// Command hs256 says who your visitor is, signed with a secret that you share with Aside. Standard library only.
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
`;var Ze=`// Command es256 says who your visitor is, signed with a private key that never leaves you. It uses lestrrat-go/jwx.
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
`;var et=`// Says who your visitor is, signed with a secret that you share with Aside. Node 18 or later, no packages.
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
`;var tt=`// Says who your visitor is, signed with a private key that never leaves you. Node 18 or later, no packages.
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
`;var nt=`<?php
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
`;var ot=`<?php
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
`;var rt=`"""Says who your visitor is, signed with a secret that you share with Aside. Python 3.8 or later, no packages."""

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
`;var st=`"""Says who your visitor is, signed with a private key that never leaves you. Needs PyJWT and cryptography."""

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
`;var it=`# Says who your visitor is, signed with a secret that you share with Aside. Ruby 2.7 or later, no gems.
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
`;var at=`# Says who your visitor is, signed with a private key that never leaves you. Ruby 2.7 or later, no gems.
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
`;function le(t){return[{name:"HTML",about:"Paste it where the notes should appear. The element fills the available width and sets its own height.",parts:[{of:"HTML",text:`<script src="${x}/v1/aside.js" async><\/script>
<aside-notes tenant="${t}"></aside-notes>`}]},{name:"npm",about:"For bundlers. No package is needed: the loader comes from its own address, so it is always up to date.",parts:[{of:"aside.js",text:`// aside.js: call it where the notes should be, as often as you like.
export function asideNotes(tenant = "${t}") {
  const src = "${x}/v1/aside.js";
  if (!document.querySelector(\`script[src="\${src}"]\`)) {
    document.head.append(Object.assign(document.createElement("script"), { src, async: true }));
  }
  const element = document.createElement("aside-notes");
  element.setAttribute("tenant", tenant);
  return element;
}`},{of:"usage",text:`import { asideNotes } from "./aside.js";

document.querySelector("#notes").append(asideNotes());`}]},{name:"React",about:"A component for your app. Set visitor to any text that names the logged-in user, and the notes change with it. On a server it renders as an empty element, which becomes the widget in the browser.",parts:[{of:"AsideNotes.jsx",text:`// AsideNotes.jsx
import { useEffect, useRef } from "react";

export function AsideNotes({ tenant = "${t}", assertion, ...attributes }) {
  const element = useRef(null);
  useEffect(() => {
    const src = "${x}/v1/aside.js";
    if (!document.querySelector(\`script[src="\${src}"]\`)) {
      document.head.append(Object.assign(document.createElement("script"), { src, async: true }));
    }
  }, []);
  useEffect(() => {
    element.current.assertion = assertion; // async ({ nonce }) => jwt; undefined where nobody is logged in
  }, [assertion]);
  return <aside-notes ref={element} tenant={tenant} {...attributes} />;
}`},{of:"usage",text:'<AsideNotes theme="auto" />'}]}]}var te=[{name:"Node",text:{secret:et,key:tt}},{name:"PHP",text:{secret:nt,key:ot}},{name:"Python",text:{secret:rt,key:st}},{name:"Ruby",text:{secret:it,key:at}},{name:"Go",text:{secret:Xe,key:Ze}}];function ct(t,o,n,s){let r=[`ASIDE_TENANT=${o}`,`ASIDE_ORIGIN=${location.origin}`];return t==="secret"?r.push(`ASIDE_SECRET=${n||"the secret that was shown to you once"}`):r.push(`ASIDE_KEY_ID=${s||"the kid of your public key"}`,"ASIDE_PRIVATE_KEY=your private key, as PEM"),r.join(`
`)}function dt({tenant:t}){let o=b(Te,{tenant:t}),[n,s]=d("HTML"),r=le(t).find(({name:a})=>a===n);return e(m,{children:[e(E,{text:"Install"}),e(S,{query:o,children:({tenant:a})=>e(m,{children:[e(Yt,{tenant:t,now:a}),e(k,{heading:"The snippet",about:r.about,children:[e(_,{label:"For",value:n,options:le(t).map(({name:i})=>({value:i,label:i})),onChange:s}),r.parts.map(({of:i,text:c})=>e(K,{of:i,text:c},i))]}),e(k,{heading:"Your Content-Security-Policy",about:"Add these if your pages send one. We load nothing else.",children:e(K,{of:"policy",text:`script-src ${x};
frame-src ${x};`})}),e(k,{heading:"Check my installation",about:"Enter the address of a page that has the snippet.",children:e(Gt,{now:a})})]})})]})}function Yt({tenant:t,now:o}){let n=`/console/${t}`;return e(m,{children:[o.suspended&&e("p",{class:"offline",role:"status",children:[e("strong",{children:"This tenant is suspended."})," Nobody can use its widget until the operator resumes it. Visitors can still open their notes at ",e("a",{href:"/account",children:"/account"}),"."]}),e("ol",{class:"steps",children:[e("li",{"data-done":o.embedOrigins.length>0,children:[e("a",{href:`${n}/origins`,children:"List the origins of your site"}),e("span",{class:"quiet",children:o.embedOrigins.length===0?"None yet: no page can show the widget.":`${o.embedOrigins.length} listed`})]}),e("li",{children:["Paste the snippet below",e("span",{class:"quiet",children:"Visitors can then write notes with a passkey."})]}),e("li",{"data-done":o.assertionKeys.some(s=>!s.revokedAt),children:[e("a",{href:`${n}/keys`,children:"Identify logged-in visitors"}),e("span",{class:"quiet",children:"Optional. Your backend signs who the visitor is, and visitors can link that to their notes."})]})]}),e("p",{class:"quiet",children:["Tenant key ",e(U,{text:t,of:"tenant key"})]})]})}function Gt({now:t}){let o=h(),[n,s]=d(t.embedOrigins[0]??""),[r,a]=d(null);return e(m,{children:[e("form",{class:"line",onSubmit:i=>{i.preventDefault(),o.run(async()=>a(await Jt(n.trim(),t)))},children:[e(A,{label:"Address of a page",code:!0,value:n,placeholder:"https://www.your.example/article",autocomplete:"off",onInput:i=>{s(i),a(null)}}),e(f,{type:"submit",busy:o.busy,children:"Check"})]}),e("div",{role:"status",children:r&&e(V,{checks:r})})]})}async function Jt(t,o){let n=Ft(t),s=[],r=(i,c,p,l)=>s.push({name:i,ok:c,detail:c?p:l});if(r("Address",n!=="",`Its origin is ${n}.`,"Enter the full address of the page, as the address bar shows it: https://www.your.example/article."),!n)return s;let a=o.embedOrigins.find(i=>mt(i).replace(/^www\./,"")===mt(n).replace(/^www\./,""));return r("Embed origin",o.embedOrigins.includes(n),"It is listed, so its pages can show the widget.",`It is not listed. Add ${n} under Embed origins.${a?` Browsers treat the listed ${a} as another site.`:""}`),r("Tenant",!o.suspended,"It is not suspended.","It is suspended, so nobody can use the widget. Ask the operator."),r("Loader",await Qt(),`${x}/v1/aside.js responds.`,`${x}/v1/aside.js doesn’t respond. Check that this computer can reach it.`),r("Assertions",o.policy.assertion!=="REQUIRED"||o.assertionKeys.some(i=>!i.revokedAt),o.policy.assertion==="REQUIRED"?"They are required, and you have an active key.":"Visitors can sign in without one.","The policy requires them, but no key is active, so nobody can sign in. Add a key or make them optional."),s}async function Qt(){try{return(await fetch(x+"/v1/aside.js",{signal:AbortSignal.timeout(1e4)})).ok}catch{return!1}}var Ft=t=>/^https?:/i.test(t)?lt(t)?.origin??"":"",mt=t=>lt(t)?.host??t;function lt(t){try{return new URL(t)}catch{return}}function ut({tenant:t}){let o=h(),[n,s]=d(""),[r,a]=d(null),i=async()=>a((await v(Pe,{tenant:t,assertion:n.trim()})).testAssertion);return e(k,{heading:"Assertion tester",about:"Paste an assertion from your backend. It is checked like a visitor’s, but not used up.",children:[e("form",{onSubmit:c=>{c.preventDefault(),o.run(i)},children:[e(A,{label:"Assertion",code:!0,rows:4,value:n,placeholder:"eyJhbGciOi…",error:o.error,onInput:c=>{s(c),a(null),o.clear()}}),e("div",{class:"acts more",children:e(f,{type:"submit",busy:o.busy,children:"Test assertion"})})]}),e("div",{role:"status",children:r&&e(m,{children:[e("p",{children:e("strong",{children:r.ok?"It would be accepted now.":"It would be refused."})}),e(V,{checks:r.checks})]})})]})}var pt={SHARED_SECRET:"Shared secret",PUBLIC_JWK:"Public key",JWKS_URL:"Key set"};function gt({tenant:t,admin:o}){let n=b(Q,{tenant:t}),[s,r]=d("");return e(m,{children:[e(E,{text:"Assertion keys"}),e("p",{class:"about",children:"Your backend signs who the visitor is, and these keys verify it. Visitors without an assertion sign in with only a passkey, unless your policy requires an assertion."}),s&&e(M,{text:s,of:"shared secret",children:e("p",{children:"Set it as ASIDE_SECRET in your backend. It is filled in below while you stay on this page."})}),e(S,{query:n,children:({tenant:{assertionKeys:a}})=>{let i=a.filter(c=>!c.revokedAt);return e(m,{children:[i.length===0?e(N,{heading:"No assertion keys yet.",children:e("p",{children:"The quickest way is a shared secret: create one here and add it to your backend. It takes one button and one line of configuration."})}):e(P,{label:"Active keys",children:i.map(c=>e(ne,{tenant:t,admin:o,of:c,reload:n.reload,onSecret:r},c.id))}),o&&e(zt,{tenant:t,reload:n.reload,onSecret:r}),e(Xt,{tenant:t,secret:s,keys:i}),e(ut,{tenant:t}),i.length<a.length&&e(k,{heading:"Revoked keys",children:e(P,{label:"Revoked keys",children:a.filter(c=>c.revokedAt).map(c=>e(ne,{tenant:t,admin:!1,of:c,reload:n.reload,onSecret:r},c.id))})})]})}})]})}function ne({tenant:t,admin:o,of:n,reload:s,onSecret:r}){let a=h(),i=[pt[n.kind],n.kid].filter(Boolean).join(" "),c=async()=>{await C({heading:`Revoke ${i}?`,text:"Assertions that it signed are refused from now on, and sessions that only they opened end. Make sure that your backend signs with another key.",button:"Revoke"})&&(await v($e,{tenant:t,id:n.id}),await s(),T(`${i} was revoked`),D())},p=async()=>{let{addAssertionKey:l}=await v(ae,{input:{tenant:t,kind:"SHARED_SECRET"}});r(l.secret??""),await s(),T("Both secrets are now accepted. Deploy the new one, then revoke the old one."),D()};return e(j,{title:e(m,{children:[pt[n.kind]," ",n.algorithm&&e("span",{class:"mark",children:n.algorithm})]}),facts:e(m,{children:[n.kid&&e("span",{children:["kid ",e("code",{children:n.kid})]}),e("span",{children:["Added ",e($,{at:n.createdAt})]}),e("span",{children:n.lastUsedAt?e(m,{children:["Last used ",e($,{at:n.lastUsedAt})]}):"Never used"}),n.revokedAt&&e("span",{children:["Revoked ",e($,{at:n.revokedAt})]})]}),actions:o&&e(m,{children:[n.kind==="SHARED_SECRET"&&e(f,{label:`Rotate ${i}`,busy:a.busy,onClick:()=>{a.run(p)},children:"Rotate"}),e(f,{label:`Revoke ${i}`,busy:a.busy,onClick:()=>{a.run(c)},children:"Revoke"})]}),children:e(R,{text:a.error})})}function zt({tenant:t,reload:o,onSecret:n}){let s=h(),[r,a]=d("SHARED_SECRET"),[i,c]=d(""),p=async()=>{let g=i.trim(),u=r==="PUBLIC_JWK"?{publicJwk:g}:r==="JWKS_URL"?{jwksUrl:g}:g?{sharedSecret:g}:{},{addAssertionKey:I}=await v(ae,{input:{tenant:t,kind:r,...u}});c(""),n(I.secret??""),await o(),T("Added"),I.secret&&D()},l={value:i,error:s.error,autocomplete:"off",onInput:g=>{c(g),s.clear()}};return e(k,{heading:"Add a key",children:e("form",{onSubmit:g=>{g.preventDefault(),s.run(p)},children:[e(_,{label:"Kind",value:r,options:[{value:"SHARED_SECRET",label:"Shared secret: HS256, quickest"},{value:"PUBLIC_JWK",label:"Public key: ES256, EdDSA, RS256 or PS256"},{value:"JWKS_URL",label:"Key set: a URL where you rotate your keys"}],onChange:g=>{a(g),c(""),s.clear()}}),r==="SHARED_SECRET"&&e(A,{label:"Secret",code:!0,hint:"Leave it empty to generate one. Two can be active at once, so you can replace one without a gap.",...l}),r==="PUBLIC_JWK"&&e(A,{label:"Public key as JWK",code:!0,rows:6,hint:"JSON with an alg, and ideally a kid. A private key is refused.",...l}),r==="JWKS_URL"&&e(A,{label:"URL of the key set",code:!0,placeholder:"https://www.your.example/.well-known/jwks.json",hint:"It must use https, be publicly reachable and have at most 20 keys.",...l}),e("div",{class:"acts more",children:e(f,{kind:"first",type:"submit",busy:s.busy,children:r==="SHARED_SECRET"&&!i?"Create a shared secret":"Add key"})})]})})}function Xt({tenant:t,secret:o,keys:n}){let s=n[0],[r,a]=d(null),[i,c]=d("Node"),p=r??(s&&s.kind!=="SHARED_SECRET"?"key":"secret"),l=te.find(({name:u})=>u===i)??te[0],g=n.find(u=>u.kind!=="SHARED_SECRET"&&u.kid)?.kid??"";return e(k,{heading:"Sign assertions in your backend",about:"Copy it, and call it in one of your endpoints for the logged-in user.",children:[e("div",{class:"pair",children:[e(_,{label:"Language",value:i,options:te.map(({name:u})=>({value:u,label:u})),onChange:c}),e(_,{label:"Signed with",value:p,options:[{value:"secret",label:"A shared secret"},{value:"key",label:"A private key"}],onChange:u=>a(u)})]}),e("p",{class:"quiet",children:"Environment"}),e(K,{of:"environment",text:ct(p,t,o,g)}),e("p",{class:"quiet",children:i}),e(K,{of:`${i} code`,text:l.text[p]}),e("p",{class:"quiet",children:"On your page"}),e(K,{of:"page script",text:`document.querySelector("aside-notes").assertion = async ({ nonce }) =>
  (await fetch("/aside-assertion?nonce=" + encodeURIComponent(nonce))).text();`}),e("dl",{class:"values",children:[e("dt",{children:"iss, the issuer"}),e("dd",{children:e(U,{text:t,of:"issuer"})}),e("dt",{children:"aud, the audience"}),e("dd",{children:e(U,{text:location.origin,of:"audience"})}),e("dt",{children:"Our public keys, for encryption"}),e("dd",{children:e(U,{text:location.origin+"/.well-known/jwks.json",of:"address of our keys"})})]})]})}function ft({tenant:t,admin:o}){let n=b(F,{tenant:t});return e(m,{children:[e(E,{text:"Server keys"}),e("p",{class:"about",children:"Your backend calls our API with a server key to get tickets, or to keep your origins in step with your deployments. With it, your backend says who a visitor is. It can’t read notes that a passkey opens."}),o&&e(Zt,{tenant:t,reload:n.reload}),e(S,{query:n,children:({tenant:{serverKeys:s}})=>e(m,{children:[s.length===0?e(N,{heading:"No server keys yet.",children:e("p",{children:"You only need one if your backend gets tickets or manages origins."})}):e(P,{label:"Server keys",children:s.map(r=>e(ue,{tenant:t,admin:o,of:r,reload:n.reload},r.id))}),e(k,{heading:"Try it",about:"A ticket replaces an assertion once, for 60 seconds.",children:e(K,{of:"command for a ticket",text:`curl ${location.origin}/graphql -H "Authorization: Bearer $ASIDE_SERVER_KEY" -H "Content-Type: application/json" \\
  -d '{"query": "mutation { issueTicket(input: {subject: \\"customer-17\\"}) { ticket expiresAt } }"}'`})})]})})]})}function Zt({tenant:t,reload:o}){let n=h(),[s,r]=d(""),[a,i]=d(""),c=async()=>{let p=await v(ce,{tenant:t,name:s.trim()});i(p.createServerKey.secret),r(""),await o()};return e(m,{children:[e("form",{class:"line",onSubmit:p=>{p.preventDefault(),n.run(c)},children:[e(A,{label:"Name of the new key",value:s,placeholder:"production",autocomplete:"off",maxLength:80,error:n.error,onInput:p=>{r(p),n.clear()}}),e(f,{kind:"first",type:"submit",busy:n.busy,children:"Create server key"})]}),a&&e(M,{text:a,of:"server key"})]})}function ue({tenant:t,of:o,admin:n,reload:s}){let r=h(),[a,i]=d(""),c=async()=>{let l=await v(ce,{tenant:t,name:o.name});i(l.createServerKey.secret),await s(),T("Both keys are now accepted. Deploy the new one, then revoke the old one.")},p=async()=>{await C({heading:`Revoke ${o.name}?`,text:"Anything that still uses it is refused from now on.",button:"Revoke"})&&(await v(De,{tenant:t,id:o.id}),await s(),T(`${o.name} was revoked`),D())};return e(j,{title:e("bdi",{children:o.name}),facts:e(m,{children:[e("code",{children:[o.prefix,"…"]}),e("span",{children:["Created ",e($,{at:o.createdAt})]}),e("span",{children:o.lastUsedAt?e(m,{children:["Last used ",e($,{at:o.lastUsedAt})]}):"Never used"})]}),actions:n&&e(m,{children:[e(f,{label:`Rotate ${o.name}`,busy:r.busy,onClick:()=>{r.run(c)},children:"Rotate"}),e(f,{label:`Revoke ${o.name}`,busy:r.busy,onClick:()=>{r.run(p)},children:"Revoke"})]}),children:[e(R,{text:r.error}),a&&e(M,{text:a,of:"server key"})]})}function yt(){let t=H(null);return o=>{let n=t.current??=new Set(o.map(({id:s})=>s));return o.filter(({id:s})=>n.has(s))}}function ht({tenant:t,name:o}){let n=b(F,{tenant:t}),s=b(Q,{tenant:t}),[r,a]=d(""),i=yt(),c=yt();return e(k,{heading:`What ${o} may still know`,about:"These secrets were active while this member could see them. Rotate each one: create a new one, add it to your backend, then revoke the old one. The audit log lists them too.",children:[r&&e(M,{text:r,of:"shared secret"}),e(S,{query:n,children:({tenant:{serverKeys:p}})=>e(S,{query:s,children:({tenant:{assertionKeys:l}})=>{let g=i(p),u=c(l.filter(I=>I.kind==="SHARED_SECRET"&&!I.revokedAt));return g.length+u.length===0?e("p",{children:"Nothing is left to rotate."}):e(P,{label:"Secrets to rotate",children:[g.map(I=>e(ue,{tenant:t,admin:!0,of:I,reload:n.reload},I.id)),u.map(I=>e(ne,{tenant:t,admin:!0,of:I,reload:s.reload,onSecret:a},I.id))]})}})})]})}var oe={OWNER:"Owner",ADMIN:"Admin",VIEWER:"Viewer"};function vt({tenant:t,owner:o}){let n=b(X,{tenant:t}),[s,r]=d(null);return e(m,{children:[e(E,{text:"Members"}),e("p",{class:"about",children:"Owners can do everything. Admins can do everything except manage members. Viewers can see everything and test assertions."}),e(S,{query:n,children:({tenant:{members:a}})=>e(m,{children:[e(P,{label:"Members",children:a.map(i=>e(en,{tenant:t,owner:o,of:i,reload:n.reload,onRemoved:r},i.id))}),s&&s.role!=="VIEWER"&&e(ht,{tenant:t,name:s.displayName},s.id),o&&e(tn,{tenant:t})]})})]})}function en({tenant:t,owner:o,of:n,reload:s,onRemoved:r}){let a=h(),i=async()=>{await C({heading:`Remove ${n.displayName}?`,text:"They lose access to this tenant, and their invitations end. This doesn’t affect their own notes.",button:"Remove"})&&(await v(Be,{tenant:t,id:n.id}),await s(),r(n),T(`${n.displayName} was removed`),D())};return e(j,{title:e(m,{children:[e("bdi",{children:n.displayName})," ",e("span",{class:"mark",children:oe[n.role]})]}),facts:e("code",{children:n.id}),actions:o&&e(f,{label:`Remove ${n.displayName}`,busy:a.busy,onClick:()=>{a.run(i)},children:"Remove"}),children:e(R,{text:a.error})})}function tn({tenant:t}){let o=h(),[n,s]=d("ADMIN"),[r,a]=d(null),i=async()=>a((await v(je,{tenant:t,role:n})).inviteMember);return e(k,{heading:"Invite someone",about:"You get a link to send in a way that you trust. It works once, for seven days.",children:[e("form",{class:"line",onSubmit:c=>{c.preventDefault(),o.run(i)},children:[e(_,{label:"Role",value:n,options:["OWNER","ADMIN","VIEWER"].map(c=>({value:c,label:oe[c]})),onChange:c=>s(c)}),e(f,{kind:"first",type:"submit",busy:o.busy,children:"Create an invitation link"})]}),e(R,{text:o.error}),r&&e(M,{text:r.url,of:"invitation link",children:e("p",{class:"quiet",children:["It expires ",e($,{at:r.expiresAt}),"."]})})]})}function bt({tenant:t,admin:o}){let n=b(_e,{tenant:t});return e(m,{children:[e(E,{text:"Embed origins"}),e("p",{class:"about",children:"Only pages on these origins can show your widget. Changes take effect within 5 seconds, on open pages too."}),o&&e(nn,{tenant:t,reload:n.reload}),e(S,{query:n,children:({tenant:{embedOrigins:s}})=>s.length===0?e(N,{heading:"No page can show your widget yet.",children:e("p",{children:"Add the origin of your site: its address up to the first slash after the host."})}):e(P,{label:"Embed origins",children:s.map(r=>e(on,{tenant:t,admin:o,origin:r,reload:n.reload},r))})})]})}function nn({tenant:t,reload:o}){let n=h(),[s,r]=d(""),a=async()=>{await v(Ne,{tenant:t,origin:s.trim()}),await o(),r(""),T("Added")};return e("form",{class:"line",onSubmit:i=>{i.preventDefault(),n.run(a)},children:[e(A,{label:"Origin",code:!0,value:s,placeholder:"https://www.your.example",autocomplete:"off",error:n.error,onInput:i=>{r(i),n.clear()}}),e(f,{kind:"first",type:"submit",busy:n.busy,children:"Add origin"})]})}function on({tenant:t,origin:o,admin:n,reload:s}){let r=h(),a=async()=>{await C({heading:`Remove ${o}?`,text:"Its pages stop showing the widget, and visitors who are signed in there are signed out. Their notes stay.",button:"Remove"})&&(await v(xe,{tenant:t,origin:o}),await s(),T(`${o} was removed`),D())};return e(j,{title:e("code",{children:o}),actions:e(m,{children:[e(we,{text:o,of:o}),n&&e(f,{label:`Remove ${o}`,busy:r.busy,onClick:()=>{r.run(a)},children:"Remove"})]}),children:e(R,{text:r.error})})}function wt({tenant:t,admin:o}){let n=b(Ce,{tenant:t});return e(m,{children:[e(E,{text:"Policy"}),e("p",{class:"about",children:"What your site can or must say about its visitors. Takes effect immediately."}),e(S,{query:n,children:({tenant:{policy:s}})=>e(rn,{tenant:t,admin:o,policy:s,reload:n.reload})})]})}function rn({tenant:t,admin:o,policy:n,reload:s}){let r=h(),[a,i]=d(n),c=l=>{i(g=>({...g,...l})),r.clear()},p=async()=>{a.vouchedAccounts&&!n.vouchedAccounts&&!await C({heading:"Vouch for your visitors?",text:"Visitors that your backend vouches for get notes without a passkey, and your backend can read those notes. Visitors see this wherever they see the notes.",button:"Vouch for accounts"})||(await v(z,{input:{tenant:t,...a}}),await s(),T("Saved"))};return e("form",{onSubmit:l=>{l.preventDefault(),r.run(p)},children:[e(_,{label:"Assertions",value:a.assertion,options:[{value:"OPTIONAL",label:"Optional: visitors sign in with or without one"},{value:"REQUIRED",label:"Required: nobody signs in without one"},{value:"NONE",label:"None: assertions are refused"}],onChange:l=>c({assertion:l,...l==="NONE"?{vouchedAccounts:!1}:{}})}),e(se,{label:"Require a nonce",hint:"An assertion must be made for the widget that presents it. Your backend puts the nonce that it is given into the JWT.",checked:a.requireNonce,onChange:l=>c({requireNonce:l})}),e(se,{label:"Vouch for accounts",hint:"Your assertion alone opens a visitor’s notes, which your backend can read. A visitor who adds a passkey makes them private.",checked:a.vouchedAccounts,onChange:l=>c({vouchedAccounts:l})}),e(R,{text:r.error}),o&&e("div",{class:"acts more",children:e(f,{kind:"first",type:"submit",busy:r.busy,children:"Save policy"})})]})}var Et={activeUsers:"Active users",operations:"Operations",notes:"Notes"},re=(t,o)=>Date.UTC(t.getUTCFullYear(),t.getUTCMonth()-o),pe=[{value:"30",label:"Last 30 days",by:"day",from:t=>t.getTime()-29*864e5,to:t=>t.getTime()},{value:"this",label:"This month",by:"day",from:t=>re(t,0),to:t=>t.getTime()},{value:"last",label:"Last month",by:"day",from:t=>re(t,1),to:t=>re(t,0)},{value:"year",label:"Last 12 months, by month",by:"month",from:t=>re(t,11),to:t=>t.getTime()}];function St({tenant:t}){let[o,n]=d(pe[0]),[s,r]=d("activeUsers");return e(m,{children:[e(E,{text:"Usage"}),e("p",{class:"about",children:"An active user is a visitor with at least one operation. A visitor who comes every day counts once per month. Days and months are in UTC."}),e("div",{class:"pair",children:[e(_,{label:"Period",value:o.value,options:pe,onChange:a=>n(pe.find(i=>i.value===a))}),e(_,{label:"Chart",value:s,options:Object.entries(Et).map(([a,i])=>({value:a,label:i})),onChange:a=>r(a)})]}),e(sn,{tenant:t,span:o,figure:s},o.value)]})}function sn({tenant:t,span:o,figure:n}){let{from:s,to:r}=he(()=>{let i=new Date;return{from:new Date(o.from(i)).toISOString(),to:new Date(o.to(i)).toISOString()}},[o]),a=b(o.by==="day"?Ke:Me,{tenant:t,from:s,to:r});return e(S,{query:a,children:({tenant:{usage:i}})=>e(an,{tenant:t,by:o.by,usage:i,figure:n})})}function an({tenant:t,by:o,usage:n,figure:s}){let r=n.filter(i=>i.operations>0||i.notes>0),a=()=>G(`usage-${t}-${n[0]?.period}-${n.at(-1)?.period}.csv`,[["tenant",o,"active_users","notes","operations"],...n.map(i=>[t,i.period,i.activeUsers,i.notes,i.operations])]);return r.length===0?e(N,{heading:"Nobody used your widget in this period.",children:e("p",{children:"Figures appear within a second after a visitor signs in."})}):e(m,{children:[e(cn,{title:`${Et[s]} by ${o}`,bars:n.map(i=>({name:i.period,value:i[s]}))}),e("div",{class:"bar more",children:[e("p",{class:"quiet",children:[n.reduce((i,c)=>i+c.operations,0).toLocaleString("en")," operations in this period, ",n.at(-1).notes.toLocaleString("en")," notes at its end"]}),e(f,{onClick:a,children:"Save as CSV"})]}),e("div",{class:"numbers",children:e(J,{caption:`Usage by ${o}`,head:[o==="day"?"Day":"Month","Active users","Operations","Notes"],children:[...n].reverse().map(i=>e("tr",{children:[e("th",{scope:"row",children:i.period}),e("td",{children:i.activeUsers.toLocaleString("en")}),e("td",{children:i.operations.toLocaleString("en")}),e("td",{children:i.notes.toLocaleString("en")})]},i.period))})})]})}var ge=720,Y=160;function cn({title:t,bars:o}){let n=mn(Math.max(...o.map(({value:i})=>i))),s=ge/o.length,r=o[0].name,a=o.at(-1).name;return e("figure",{class:"chart",children:[e("figcaption",{children:[t," ",e("span",{class:"quiet",children:["up to ",n.toLocaleString("en")]})]}),e("svg",{viewBox:`0 0 ${ge} ${Y}`,preserveAspectRatio:"none",role:"img","aria-label":`${t}, ${r} to ${a}; the table shows the figures`,children:[[.25,.5,.75,1].map(i=>e("line",{x1:"0",x2:ge,y1:Y*(1-i),y2:Y*(1-i)},i)),o.map(({name:i,value:c},p)=>e("rect",{x:p*s+s*.15,width:s*.7,y:Y*(1-c/n),height:Y*c/n,children:e("title",{children:`${i}: ${c.toLocaleString("en")}`})},i))]}),e("p",{class:"ends quiet","aria-hidden":"true",children:[e("span",{children:r}),e("span",{children:a})]})]})}function mn(t){if(t<=4)return 4;let o=10**Math.floor(Math.log10(t));return[1,2,4,5,10].map(n=>n*o).find(n=>n>=t)}var At=[{path:"",name:"Install"},{path:"/origins",name:"Embed origins"},{path:"/keys",name:"Assertion keys"},{path:"/server-keys",name:"Server keys"},{path:"/policy",name:"Policy"},{path:"/branding",name:"Branding"},{path:"/usage",name:"Usage"},{path:"/audit",name:"Audit log"},{path:"/members",name:"Members"}];function dn(){let t=b(Ae);return e(S,{query:t,children:({viewer:o})=>e(ln,{viewer:o,reload:t.reload})})}function ln({viewer:t,reload:o}){let[n,s]=d(W!==""),[r=t.tenants[0]?.tenant.id??"",a=""]=be("/console"),i=t.tenants.find(({tenant:g})=>g.id===r),c=e(Ee,{name:t.displayName});if(n||r==="new"||t.tenants.length===0||!i)return e(ie,{label:"Console",pages:[],current:"",account:c,above:e(It,{viewer:t,current:r}),below:e(kt,{}),children:n?e(Fe,{displayName:t.displayName,reload:o,onDone:()=>s(!1)}):r==="new"||t.tenants.length===0?e(ze,{first:t.tenants.length===0,reload:o}):e(Rt,{children:"You don’t have access to this tenant."})});let p="/console/"+r,l={tenant:r,admin:i.role!=="VIEWER",owner:i.role==="OWNER"};return e(ie,{label:i.tenant.name,pages:At.map(({path:g,name:u})=>({path:p+g,name:u})),current:a?`${p}/${a}`:p,account:c,above:e(It,{viewer:t,current:r}),below:e(kt,{of:At.find(({path:g})=>g===(a&&"/"+a))?.name}),children:e("div",{children:un(a,l,o)},r+a)})}function un(t,o,n){switch(t){case"":return e(dt,{...o});case"origins":return e(bt,{...o});case"keys":return e(gt,{...o});case"server-keys":return e(ft,{...o});case"policy":return e(wt,{...o});case"branding":return e(Je,{...o,onRename:n});case"usage":return e(St,{...o});case"audit":return e(Le,{...o});case"members":return e(vt,{...o});default:return e(Rt,{children:"There is no page at this address."})}}function Rt({children:t}){return e(m,{children:[e(E,{text:"Page not found"}),e(N,{heading:t,children:e("a",{href:"/console",children:"Go to the console"})})]})}function kt({of:t}){return e("p",{class:"documentation",children:[e("a",{href:"/docs/console"+(t?"#"+t.toLowerCase().replaceAll(" ","-"):""),children:"Documentation"}),Ye&&e("a",{href:"/console/explorer",target:"_self",children:"GraphQL explorer"})]})}function It({viewer:t,current:o}){if(t.tenants.length===0)return null;let n=t.tenants.map(({tenant:r})=>({value:r.id,label:r.name})),s=t.tenants.find(({tenant:r})=>r.id===o)?.role;return Z&&n.push({value:"new",label:"New tenant…"}),n.some(({value:r})=>r===o)||n.unshift({value:o,label:"Choose a tenant"}),e("div",{class:"tenants",children:[e(_,{label:"Tenant",value:o,options:n,onChange:r=>L("/console/"+r)}),s&&e("p",{class:"quiet",children:["You are ",s==="VIEWER"?"a viewer":`an ${oe[s].toLowerCase()}`," here."]})]})}Se("Set up your company’s widget: origins, keys, branding and usage.",e(dn,{}));

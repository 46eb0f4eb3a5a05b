function t(r){return btoa(String.fromCharCode(...r)).replaceAll("+","-").replaceAll("/","_").replaceAll("=","")}function e(r){return new TextEncoder().encode(r)}export{t as a,e as b};

import{a,b}from"./chunk.7PZPNFTS.js";import"./chunk.S7XFZFTO.js";import"./chunk.OQZJGNU5.js";export{b as loadTexts,a as t};

import{a,b}from"./chunk.VNRYLEE4.js";import"./chunk.S7XFZFTO.js";import"./chunk.OQZJGNU5.js";export{b as loadTexts,a as t};

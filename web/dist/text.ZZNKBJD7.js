import{a,b}from"./chunk.2WDLM3DE.js";import"./chunk.5DVGUGEC.js";import"./chunk.OQZJGNU5.js";export{b as loadTexts,a as t};

import{a,b}from"./chunk.44RNSMCC.js";import"./chunk.NDC7KMFD.js";import"./chunk.OQZJGNU5.js";export{b as loadTexts,a as t};

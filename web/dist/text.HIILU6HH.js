import{a,b}from"./chunk.62HW7QCM.js";import"./chunk.3R2JIQIC.js";import"./chunk.OQZJGNU5.js";export{b as loadTexts,a as t};

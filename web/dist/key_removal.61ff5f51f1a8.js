var o="__Host-aside_key=1;path=/;secure;samesite=lax;max-age=";function e(){indexedDB.deleteDatabase("aside"),document.cookie=o+0}e();

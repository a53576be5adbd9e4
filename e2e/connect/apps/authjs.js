/** The button "sign in" that the pages of Auth.js show, pressed at once: a form with the token against forged requests. */
export function startPage(base) {
  return `<form method="post" action="${base}/signin/authly"><input name="csrfToken"><input name="callbackUrl" value="/me"></form>
<script>
  const form = document.forms[0];
  fetch('${base}/csrf').then((answer) => answer.json()).then(({ csrfToken }) => { form.csrfToken.value = csrfToken; form.submit(); });
</script>`;
}

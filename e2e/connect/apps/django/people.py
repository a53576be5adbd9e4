from mozilla_django_oidc.auth import OIDCAuthenticationBackend


class WithNames(OIDCAuthenticationBackend):
    """The library keeps the e-mail address alone; its documentation shows this for more."""

    def create_user(self, claims):
        user = super().create_user(claims)
        user.first_name = claims['given_name']
        user.last_name = claims['family_name']
        user.save()
        return user

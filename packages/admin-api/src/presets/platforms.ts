import { environmentFile, type Preset, quotedList } from './preset.js';

/** Servers on other platforms. */
export const PLATFORM_PRESETS = {
  dotnet: {
    title: 'ASP.NET Core (OpenIdConnect handler)',
    callbackPath: '/signin-oidc',
    client: {
      client_type: 'confidential',
      redirect_uris: ['http://localhost:5000/signin-oidc'],
      post_logout_redirect_uris: ['http://localhost:5000/signout-callback-oidc'],
      scope: 'openid profile email',
    },
    install: 'dotnet add package Microsoft.AspNetCore.Authentication.OpenIdConnect',
    files: ({ issuer, clientId, clientSecret, scope, isHttp }) => [
      {
        path: 'Authly.cs',
        language: 'csharp',
        text: `using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Authentication.OpenIdConnect;

public static class Authly
{
    // builder.Services.AddAuthly();
    public static IServiceCollection AddAuthly(this IServiceCollection services)
    {
        services.AddAuthentication(options =>
        {
            options.DefaultScheme = CookieAuthenticationDefaults.AuthenticationScheme;
            options.DefaultChallengeScheme = OpenIdConnectDefaults.AuthenticationScheme;
        }).AddCookie().AddOpenIdConnect(options =>
        {
            options.Authority = "${issuer}";
            options.ClientId = "${clientId}";
            options.ClientSecret = Environment.GetEnvironmentVariable("AUTHLY_CLIENT_SECRET");
            options.ResponseType = "code";
            options.MapInboundClaims = false;
            options.TokenValidationParameters.NameClaimType = "preferred_username";
            options.Scope.Clear();
            foreach (var scope in "${scope}".Split(' ')) options.Scope.Add(scope);${
              isHttp
                ? '\n            options.RequireHttpsMetadata = false; // only because this server is http\n            options.CorrelationCookie.SecurePolicy = options.NonceCookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;'
                : ''
            }
        });
        return services;
    }
}
`,
      },
      environmentFile({ AUTHLY_CLIENT_SECRET: clientSecret }),
    ],
    notes: [
      'The handler sends PKCE and a nonce, and takes the answer as a form (response_mode form_post): the site of the application must then be https, or its cookies do not come along.',
    ],
  },
  go: {
    title: 'Go (go-oidc and x/oauth2)',
    client: {
      client_type: 'confidential',
      redirect_uris: ['http://localhost:8080/callback'],
      scope: 'openid profile email offline_access',
    },
    install: 'go get github.com/coreos/go-oidc/v3 golang.org/x/oauth2',
    files: ({ issuer, clientId, clientSecret, redirectUri, scope }) => [
      {
        path: 'auth.go',
        language: 'go',
        text: `package main

import (
    "context"
    "os"

    "github.com/coreos/go-oidc/v3/oidc"
    "golang.org/x/oauth2"
)

func authly(ctx context.Context) (*oidc.Provider, *oauth2.Config, error) {
    provider, err := oidc.NewProvider(ctx, "${issuer}")
    if err != nil {
        return nil, nil, err
    }
    return provider, &oauth2.Config{
        ClientID:     "${clientId}",
        ClientSecret: os.Getenv("CLIENT_SECRET"),
        Endpoint:     provider.Endpoint(),
        RedirectURL:  "${redirectUri}",
        Scopes:       []string{${quotedList(scope).replaceAll("'", '"')}},
    }, nil
}
`,
      },
      environmentFile({ CLIENT_SECRET: clientSecret }),
    ],
    notes: [
      'Send PKCE: oauth2.S256ChallengeOption(verifier) with AuthCodeURL and oauth2.VerifierOption(verifier) with Exchange, the verifier from oauth2.GenerateVerifier(). oidc.Nonce does as well.',
    ],
  },
  rust: {
    title: 'Rust (openidconnect)',
    tried: 'openidconnect 4.1.0, by hand on 2026-11-30',
    client: {
      client_type: 'confidential',
      redirect_uris: ['http://localhost:8080/callback'],
      scope: 'openid profile email',
    },
    install: 'cargo add openidconnect',
    files: ({ issuer, clientId, clientSecret, redirectUri }) => [
      {
        path: 'auth.rs',
        language: 'rust',
        text: `use openidconnect::core::{CoreClient, CoreProviderMetadata};
use openidconnect::{reqwest, ClientId, ClientSecret, IssuerUrl, RedirectUrl};

pub async fn provider(http: &reqwest::Client) -> Result<CoreProviderMetadata, Box<dyn std::error::Error>> {
    let issuer = IssuerUrl::new("${issuer}".to_string())?;
    Ok(CoreProviderMetadata::discover_async(issuer, http).await?)
}

macro_rules! client {
    ($metadata:expr) => {
        CoreClient::from_provider_metadata(
            $metadata,
            ClientId::new("${clientId}".to_string()),
            Some(ClientSecret::new(std::env::var("CLIENT_SECRET")?)),
        )
        .set_redirect_uri(RedirectUrl::new("${redirectUri}".to_string())?)
    };
}
`,
      },
      environmentFile({ CLIENT_SECRET: clientSecret }),
    ],
    notes: [
      'Send PKCE: set_pkce_challenge(challenge) with the address of the login and set_pkce_verifier(verifier) with the code. The nonce that the library sends does as well.',
    ],
  },
  'spring-boot': {
    title: 'Spring Boot (OAuth 2.0 login)',
    callbackPath: '/login/oauth2/code/authly',
    tried: 'Spring Security 6.5.6 (Boot 3.5.7) and 7.0.6 (Boot 4.0.7), by hand on 2026-11-30',
    client: {
      client_type: 'confidential',
      redirect_uris: ['http://localhost:8080/login/oauth2/code/authly'],
      scope: 'openid profile email',
    },
    files: ({ issuer, clientId, clientSecret, scope }) => [
      {
        path: 'application.yml',
        language: 'yaml',
        text: `spring:
  security:
    oauth2:
      client:
        registration:
          authly:
            client-id: ${clientId}
            client-secret: \${CLIENT_SECRET}
            scope: ${scope.replaceAll(' ', ', ')}
        provider:
          authly:
            issuer-uri: ${issuer}
            user-name-attribute: preferred_username
`,
      },
      environmentFile({ CLIENT_SECRET: clientSecret }),
    ],
    notes: ['The server must be reachable when the application starts: it reads the discovery document then.'],
  },
} as const satisfies Readonly<Record<string, Preset>>;

package main

import (
	"context"
	"encoding/json"
	"log"
	"net/http"
	"os"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"
)

// One person at a time: what a session would keep lies in variables.
func main() {
	ctx := context.Background()
	provider, config, err := authly(ctx)
	if err != nil {
		log.Fatal(err)
	}
	verifier, state := oauth2.GenerateVerifier(), oauth2.GenerateVerifier()
	var tokens *oauth2.Token
	show := func(w http.ResponseWriter, what any, err error) {
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		_ = json.NewEncoder(w).Encode(what)
	}
	http.HandleFunc("/login", func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, config.AuthCodeURL(state, oauth2.S256ChallengeOption(verifier)), http.StatusFound)
	})
	http.HandleFunc("/callback", func(w http.ResponseWriter, r *http.Request) {
		if r.FormValue("state") != state {
			http.Error(w, "another state", http.StatusBadRequest)
			return
		}
		if tokens, err = config.Exchange(ctx, r.FormValue("code"), oauth2.VerifierOption(verifier)); err != nil {
			show(w, nil, err)
			return
		}
		http.Redirect(w, r, "/me", http.StatusFound)
	})
	http.HandleFunc("/me", func(w http.ResponseWriter, r *http.Request) {
		raw, _ := tokens.Extra("id_token").(string)
		token, err := provider.Verifier(&oidc.Config{ClientID: config.ClientID}).Verify(ctx, raw)
		person := map[string]any{}
		if err == nil {
			err = token.Claims(&person)
		}
		show(w, person, err)
	})
	http.HandleFunc("/refresh", func(w http.ResponseWriter, r *http.Request) {
		old := &oauth2.Token{RefreshToken: tokens.RefreshToken}
		person := map[string]any{}
		info, err := provider.UserInfo(ctx, config.TokenSource(ctx, old))
		if err == nil {
			err = info.Claims(&person)
		}
		show(w, person, err)
	})
	http.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) { show(w, map[string]string{"signed": "out"}, nil) })
	log.Fatal(http.ListenAndServe(os.Getenv("HOST")+":"+os.Getenv("PORT"), nil))
}

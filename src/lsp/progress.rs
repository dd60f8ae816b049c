//! Progress of the first load.

use gen_lsp_types::{
    ProgressNotification, ProgressParams, ProgressToken, WorkDoneProgressBegin,
    WorkDoneProgressCreateParams, WorkDoneProgressCreateRequest, WorkDoneProgressEnd,
};
use serde::Serialize;

use super::client::Client;

/// One piece of work that the client shows while it lasts.
pub struct Progress(Option<ProgressToken>);

impl Progress {
    /// Begins, when the client shows progress.
    pub fn begin(client: &mut Client, name: &str, title: &str) -> Self {
        if !client.abilities.progress {
            return Self(None);
        }
        let token = ProgressToken::String(format!("mirrorlint/{name}"));
        client.ask::<WorkDoneProgressCreateRequest>(&WorkDoneProgressCreateParams {
            token: token.clone(),
        });
        let progress = Self(Some(token));
        progress.send(
            client,
            &WorkDoneProgressBegin {
                title: title.to_owned(),
                cancellable: Some(false),
                message: None,
                percentage: None,
            },
        );
        progress
    }

    /// Ends, and says what came of it.
    pub fn end(self, client: &Client, message: String) {
        let message = Some(message);
        self.send(client, &WorkDoneProgressEnd { message });
    }

    fn send(&self, client: &Client, value: &impl Serialize) {
        if let Some(token) = &self.0 {
            client.notify::<ProgressNotification>(&ProgressParams {
                token: token.clone(),
                value: serde_json::to_value(value).unwrap_or_default(),
            });
        }
    }
}

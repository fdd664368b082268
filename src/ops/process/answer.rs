//! An answer made whole: everything from which its files are made.

use super::chunk::Chunk;
use super::computer_key::key_of as key_of_activation;
use crate::licence::{Digest, Identifier};
use crate::ops::defect::Defect;
use crate::ops::error::OpsError;
use crate::ops::records::{AnswerForm, AnswerRecord, ReadmeRecord};
use crate::policy::model::grant::Answer;
use crate::policy::record::organization::OrganizationRow;
use crate::policy::record::product::ProductRow;
use crate::policy::record::state::{State, key_of};
use crate::policy::record::system::SystemRow;
use crate::render::bundle::file_stem;
use crate::seal::Verified;
use crate::spool::{MANIFEST_FILE, MANIFEST_LINES_FILE, names};
use crate::wire::request::Request;
use crate::wire::response::Activation;
use crate::words::readme;

impl Chunk<'_> {
    pub(super) fn activation_record(
        &self,
        request: Digest,
        system: &SystemRow,
        answer: &Answer,
        is_new: bool,
    ) -> Result<AnswerRecord, OpsError> {
        let state = self.session.state();
        let organization =
            state.get::<OrganizationRow>(&key_of(&[system.organization.as_str()]))?;
        let product = state.get::<ProductRow>(&key_of(&[system.product.as_str()]))?;
        let readme = ReadmeRecord {
            version: readme::VERSION,
            organization: organization
                .as_ref()
                .map_or_else(|| system.organization.to_string(), |row| row.name.clone()),
            product: product.as_ref().map_or_else(
                || system.product.to_string(),
                |row| row.settings.name.clone(),
            ),
            contact: organization.and_then(|row| row.contact.clone()),
        };
        Ok(AnswerRecord {
            form: AnswerForm::Activation,
            stem: file_stem(
                &system.computer_name,
                &system.activation.id,
                system.activation.sequence,
            ),
            readme: Some(readme),
            trust_list_picture: is_new,
            computer_key_types: self.computer_key_types(answer, product.as_deref()),
            ..self.bare_record(request, &system.organization, answer)
        })
    }

    /// The licence types in their sequence, where the product opts in to Computer Keys and the
    /// activation fits into one.
    fn computer_key_types(&self, answer: &Answer, product: Option<&ProductRow>) -> Vec<Identifier> {
        let Some(settings) = product
            .map(|row| &row.settings)
            .filter(|settings| settings.computer_keys)
        else {
            return Vec::new();
        };
        let types: Vec<Identifier> = settings
            .licence_types
            .iter()
            .map(|licence_type| licence_type.id.clone())
            .collect();
        let vault = &self.batch.signer.vault;
        let fits = Activation::read(&answer.payload)
            .ok()
            .and_then(|activation| {
                key_of_activation(
                    &activation,
                    &types,
                    vault.trust_list().0,
                    vault.signing_key().key_id(),
                )
            });
        fits.map_or_else(Vec::new, |_| types)
    }

    pub(super) fn receipt_record(
        &self,
        request: &Verified<Request>,
        answer: &Answer,
    ) -> Result<AnswerRecord, OpsError> {
        let system = self
            .session
            .state()
            .get::<SystemRow>(&request.computer_id.0)?;
        let computer_id = request.computer_id;
        let system = system.ok_or(Defect::ReceiptWithoutSystem { computer_id })?;
        let stem = file_stem(
            &system.computer_name,
            &system.activation.id,
            system.activation.sequence,
        );
        Ok(AnswerRecord {
            form: AnswerForm::Receipt,
            stem,
            ..self.bare_record(request.document_id(), &request.organization, answer)
        })
    }

    fn bare_record(
        &self,
        request: Digest,
        organization: &Identifier,
        answer: &Answer,
    ) -> AnswerRecord {
        AnswerRecord {
            request,
            form: AnswerForm::Receipt,
            payload: String::from_utf8_lossy(&answer.payload).into_owned(),
            document: answer.document_id(),
            key_id: self.batch.signer.vault.signing_key().key_id(),
            trust_list: self.batch.signer.vault.trust_list().0.version,
            trust_list_picture: false,
            checkpoint: 0,
            organization: folder_of(organization),
            stem: String::new(),
            readme: None,
            computer_key_types: Vec::new(),
            issued_at: self.session.now(),
        }
    }
}

/// Names beside the organizations' folders in a batch's folder of the outbox.
const TAKEN_NAMES: [&str; 2] = [MANIFEST_FILE, MANIFEST_LINES_FILE];

/// The folder of an organization in a batch's folder of the outbox.
fn folder_of(organization: &Identifier) -> String {
    let name = names::safe(organization.as_str());
    if TAKEN_NAMES.contains(&name.as_str()) {
        format!("_{name}")
    } else {
        name
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_folder_is_named_like_a_batch_file() {
        let folder = |id: &str| folder_of(&Identifier::new(id).expect("an identifier"));
        assert_eq!(
            (folder("acme").as_str(), folder("manifest.json").as_str()),
            ("acme", "_manifest.json")
        );
    }
}

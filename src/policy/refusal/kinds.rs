//! How the kinds of refusals are written down: variant, facts and code in one place.

/// Makes an enum of refusals: each variant has its facts and, after the arrow, its code.
macro_rules! refusals {
    (
        $(#[$doc:meta])*
        $name:ident {
            $(
                $(#[$variant_doc:meta])*
                $variant:ident { $($(#[$fact_doc:meta])* $fact:ident: $type:ty),* $(,)? }
                    => $code:expr;
            )*
        }
    ) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub enum $name {
            $(
                $(#[$variant_doc])*
                $variant {
                    $($(#[$fact_doc])* $fact: $type,)*
                },
            )*
        }

        impl $name {
            /// The names of all variants.
            pub const KINDS: &[&str] = &[$(stringify!($variant),)*];

            /// The name of the variant.
            #[must_use]
            pub fn kind(&self) -> &'static str {
                match self {
                    $(Self::$variant { .. } => stringify!($variant),)*
                }
            }

            /// The code that documents, history and command line use.
            #[allow(unused_variables, reason = "few codes depend on a fact")]
            #[must_use]
            pub fn code(&self) -> RefusalCode {
                match self {
                    $(Self::$variant { $($fact,)* } => $code,)*
                }
            }
        }
    };
}

pub(super) use refusals;

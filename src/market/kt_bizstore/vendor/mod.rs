//! The reference vendor of KT Cloud Biz Store, base interface 2.1.2: faultless, or with named faults.
//!
//! The store is the only caller: it registers a customer and lets a known one in (`POST /customers/{mem-sq}`), asks
//! how far the installation is (`GET /status/{mem-sq}`), fetches charges by day and by customer
//! (`GET /bill-list/…`), and resigns (`DELETE /customers/{mem-sq}`). The vendor never calls back; all that the store
//! knows it has asked for. Every call carries an RS256 token in the header `encoded-jwt` (see
//! [`crate::sign::kt_jwt`]).
//!
//! # What we imitate
//!
//! The contract of the document with `info.version` 2.1.2 as of 6 May 2021 and the six diagrams of its time. Days are
//! days in Korea (UTC+9). Where the document leaves things open, the reference vendor ([`Vendor`]) takes one reading:
//!
//! - **Token on every call.** The header is marked optional on three of the five; the vendor asks for it everywhere.
//! - **201, then 200.** The first application and one after resigning get 201, a known customer gets 200; both carry an
//!   absolute `Location` and an HTML page.
//! - **State codes** in the body of an application (`license-states-cd`): 0 in use, 2 suspends, 1 resigns.
//! - **Deletion** takes its time: status `98`, then `99` or 401. Resigning twice succeeds, as the store may have lost the
//!   first answer.
//! - **406** is for customers on a free trial. The documents do not say how they are known; here their keys begin with
//!   `TRIAL-`.
//! - **Bills** are month-to-date and whole won, each segment rounded up. A day ahead is computed as if the service were
//!   used until its end. A customer appears from the day of the application until the end of the month of leaving. The
//!   required free period is the day of the application, on which nothing is charged; nothing is charged while
//!   installing either. The bill by customer is one object: today's entry, or that of the day of leaving.
//! - **Errors** are JSON with a reason: 400 for days that do not exist, 404 for customers whom nobody has registered,
//!   405 with `Allow`.
//!
//! # What we do not imitate
//!
//! The store's own portal and its states of contract (withdrawn terminations never reach the vendor), mails, and the
//! calls of the other dialects.
//!
//! # The reference vendor's parts
//!
//! `route` finds the address, `admission` checks the token, `application` reads the body, `store` keeps customers, `service` puts it together,
//! `bill` and [`billing`] compute charges, `answer`, `pages` and `error` make the answers, `spoil` breaks them where a
//! [`Fault`] says so.

mod admission;
mod answer;
mod application;
mod bill;
pub mod billing;
mod calendar;
mod error;
mod fault;
mod pages;
mod route;
mod service;
mod spoil;
mod store;

pub use fault::{Area, Fault};
pub use service::{DeletedAs, Options, Vendor};

/** Whether what a login brings may be stored: its person and its browser's session are looked at by the statement that stores it. */
import { text } from '../sql.js';

/**
 * Parts of a `with` after `asked`, which lists new grants; `admitted` has the ids of those that may be stored. The person must be
 * active and nobody may have ended their logins since they proved who they are; the session, where a browser stands behind it, must
 * not have ended. Both are locked against it until the commit: an ending that is under way is waited for, and wins. Locks are taken
 * in the order users, sessions, grants, and by id, as everything that ends logins takes them.
 */
export const ADMITTED = text`
    person as materialized (
      select u.id, u.login_epoch from users u
       where u.id = any(array(select user_id from asked)) and u.is_active order by u.id for share
    ), browser as materialized (
      select s.id, s.ended_at from sessions s
       where s.id = any(array(select session_id from asked, (select count(*) from person) as locked))
       order by s.id for share
    ), admitted as materialized (
      select asked.id from asked left join person on person.id = asked.user_id left join browser on browser.id = asked.session_id
       where (asked.user_id is null or person.login_epoch = asked.login_epoch) and browser.ended_at is null
    )`;
